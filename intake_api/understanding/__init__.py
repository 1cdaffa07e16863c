"""What a citizen says of an application in their own words, read for what 条例 art. 29 wants.

Precision comes first: what is not surely the applicant's is left out, and asked. Chat, the form page and
`gongkai understand` read with the same eyes (`reading.understand`).
"""
