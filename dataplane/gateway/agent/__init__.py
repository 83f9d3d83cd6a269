"""What runs beside Envoy on a replica: token check, readiness, live configuration, reports, drain.

Standard library only, on the machine image's own interpreter (Amazon Linux 2023: Python 3.9). Nothing of a
request but its line and its Authorization header ever comes here, and nothing of an answer.
"""
