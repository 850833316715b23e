"""Where the fleet listens."""

from __future__ import annotations

from pydantic import Field

from fleet.core.sections.section import Port, PublicPort, Section


class ServerSection(Section):
    """Where the fleet listens, and by which names it is reached."""

    address: str = Field("127.0.0.1", description="Address that all three listeners bind to.")
    names: tuple[str, ...] = Field(
        (),
        strict=False,
        description="Host names and addresses by which browsers and cameras reach this fleet; they go into "
        "its certificates, and cameras are told the first one.",
    )
    dashboard_port: Port = Field(8443, description="Port of the dashboard (HTTPS).")
    cameras_port: Port = Field(
        8444, description="Port that cameras upload to (HTTPS with client certificate)."
    )
    mqtt_port: Port = Field(8883, description="Port of the MQTT broker (TLS with client certificate).")
    public_dashboard_port: PublicPort = Field(
        0, description="Port that browsers use where something stands before this process; 0 for its own."
    )
    public_cameras_port: PublicPort = Field(
        0, description="Port that cameras upload to where something stands before it; 0 for its own."
    )
    public_mqtt_port: PublicPort = Field(
        0,
        description="Port that cameras find the broker at where something stands before it; 0 for its own.",
    )
    other_names: tuple[str, ...] = Field(
        (),
        strict=False,
        description="Further host names under which the dashboard answers, as of a proxy's own checks; they "
        "are in no certificate. Any other name is refused.",
    )
    hsts_days: int = Field(
        0,
        ge=0,
        le=730,
        description="For how many days a browser that was here refuses to go on past a warning about the "
        "certificate (HSTS); 0 for none, as it must be until every browser trusts the authority.",
    )
    log_level: str = Field(
        "info", pattern="^(debug|info|warning|error)$", description="debug, info, warning or error."
    )
