"""The routers of footage, as ``fleet.server.app`` looks for them."""

from fleet.footage.receiving.camera_routes import router as camera_router
from fleet.footage.watching.routes import router as dashboard_router

__all__ = ["camera_router", "dashboard_router"]
