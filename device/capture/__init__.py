"""From sources and encoders to chunks on one boot clock: queues, tracks, overlay, threads."""
