"""The HTTP API of recordings for people and programs: listed, described, watched, exported (F1, F5)."""

from fastapi import APIRouter

router = APIRouter(prefix="/api/v1", tags=["recordings"])
