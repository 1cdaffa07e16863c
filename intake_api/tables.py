"""All tables in one place: importing this module fills `Base.metadata` (migrations and tests need it whole)."""

from intake_api import installation
from intake_api.calendars import models as calendars
from intake_api.cases import models as cases
from intake_api.files import models as files
from intake_api.jobs import models as jobs
from intake_api.kit.db import Base
from intake_api.learning import models as learning
from intake_api.ledger import models as ledger
from intake_api.notices import models as notices
from intake_api.notify import models as notify
from intake_api.people import models as people
from intake_api.published import models as published
from intake_api.reports import models as reports
from intake_api.trail import models as trail
from intake_api.triage import models as triage

metadata = Base.metadata
__all__ = [
    "calendars",
    "cases",
    "files",
    "installation",
    "jobs",
    "learning",
    "ledger",
    "metadata",
    "notices",
    "notify",
    "people",
    "published",
    "reports",
    "trail",
    "triage",
]
