"""The closed vocabularies of a case, as stored and as sent (docs/contract.md §3, §6)."""

from typing import Literal

CITIZEN, SYSTEM = "citizen", "system"  # who acted, where it was not a member of staff
SEARCHABLE = ("name", "id_number", "phone", "email")  # fields of an applicant that have a blind index

Kind = Literal["disclosure", "correction"]
ApplicantType = Literal["natural", "business", "research", "charity", "legal_service", "other"]
IdType = Literal["resident_id", "passport", "travel_permit", "military_id", "uscc", "other"]
Medium = Literal["paper", "electronic", "disc"]
Way = Literal["post", "email", "counter", "download", "fax", "view"]
Channel = Literal["web", "chat", "telegram", "wechat", "counter", "post", "fax", "email", "oral", "other"]
ReceiptBasis = Literal["counter", "mail_signed", "mail_unsigned", "internet", "fax", "oral"]
Disposition = Literal["public", "partially_public", "not_held", "not_this_agency", "unclear"]
