"""Clinical record to ITK3 message and back: editions, narrative, resources, envelope, checks and ITK3
responses.

The messages are FHIR STU3 (3.0.1) in XML, as the NHS Digital Medicines guides and the published CareConnect
and ITK profiles describe them. Only this room knows ``fhir.resources``.
"""
