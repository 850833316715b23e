"""The routers of footage, as ``fleet.app`` looks for them."""

from fleet.footage.camera_routes import router as camera_router
from fleet.footage.dashboard_routes import router as dashboard_router

__all__ = ["camera_router", "dashboard_router"]
