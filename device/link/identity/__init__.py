"""Who the camera is, how it joins a fleet, and TLS as that identity."""
