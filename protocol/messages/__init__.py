"""What a camera and the fleet say to each other, as frozen models that refuse what they do not know.

MQTT bodies: ``status``, ``events``, ``desired``, ``commands``; the topics they travel on: ``topics``. HTTP
bodies: ``enrolment``, ``uploads`` and ``problems``. Nothing here sends or receives.
"""
