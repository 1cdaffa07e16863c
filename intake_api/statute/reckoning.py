"""By which rules the due dates on record were counted: a release that reads the law otherwise counts them anew."""

VERSION = 2  # 1: consultations excluded without limit, none begun on the last day, periods that end on a rest day
RECKONED_ANEW = ("consultation_started", "delayed")  # what the cases have that come to other dates than by version 1
