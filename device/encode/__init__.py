"""From frames and samples to encoded packets, and from packets to self-initialising CMAF parts."""
