"""Imports: CCTV clips and photographs that no camera of ours made, taken in with their digest and source.

Rules:
- nothing of it is called verified: no camera of ours signed it, and what is said of it is somebody's word;
- what it is, its contents decide, never its name; a file that cannot be read whole within bounds is refused;
- it lies encrypted as it was sent, and leaves as the copy that the fleet made of it, without what the file
  says of itself: place, device, times;
- who looks says why first, each time;
- it has its own rule for how long it is kept, and is deleted by its key, with a certificate.
"""
