"""The privacy notice, the impact assessment and the records of processing, made from what is set.

Rules:
- what stands in them of the service are facts, each with its source, and nobody edits a fact;
- what the landlord alone can say stands in sections of its own words, kept by version;
- what was published is kept exactly as it was, with its digest, and what differs from it is an alert.
"""
