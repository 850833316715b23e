"""The camera's side of the link to the fleet: identity, enrolment, uploads, messages.

Rules that every module here keeps:

- Nothing here is in the way of recording. The recorder calls in through callbacks that set a flag and return;
  whatever waits for a network waits in a thread of this package.
- Nothing here deletes footage. A receipt is handed to the shelf, which verifies it and decides (C8).
- Nothing here believes an answer that did not come over TLS 1.3 from the fleet that the camera enrolled
  with (L1).
"""
