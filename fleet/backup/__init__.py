"""Backups: everything that the fleet keeps, in a folder elsewhere, and making a fleet of it again.

A backup folder holds

- ``footage/``: every object of the footage store as the cameras sealed it, copied once, for objects never
  change; what the fleet deleted is deleted there with the next backup;
- ``footage.index``: their names, sizes and digests, so that nothing is read twice;
- an archive for each backup, sealed to the recovery key (``fleet.recovery``): the database as of one instant,
  the authority, the vault, checkpoints, keys and the configuration, and the index.

Rules:
- an archive appears whole or not at all; a backup that is cut off goes on where it was;
- the fleet cannot open its own archives; whoever restores one holds the recovery key;
- what is restored is checked against the digests in the archive before it counts as restored.

It knows nothing of schedules: whoever runs the host starts it, as by a timer.
"""
