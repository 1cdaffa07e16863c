"""All tables in one place: importing this module fills `Base.metadata` (migrations and tests need it whole)."""

from intake_api.cases import models as cases
from intake_api.db import Base
from intake_api.jobs import models as jobs
from intake_api.people import models as people
from intake_api.published import models as published
from intake_api.triage import models as triage

metadata = Base.metadata
__all__ = ["cases", "jobs", "metadata", "people", "published", "triage"]
