"""Messages over MQTT 5: status and news up, the desired state down."""
