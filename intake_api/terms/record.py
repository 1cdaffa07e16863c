"""Who acts where it is no member of staff, and which particulars of an applicant can be searched for."""

CITIZEN, SYSTEM = "citizen", "system"
SEARCHABLE = ("name", "id_number", "phone", "email")  # fields that have a blind index
