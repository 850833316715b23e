"""What every domain stands on: configuration, database, errors, the live bus, and the bundle of services."""
