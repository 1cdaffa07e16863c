"""How large a table may be. A ledger of 50,000 applications is far below; what is above is told, never read half."""

LARGEST = 400 * 1024 * 1024  # bytes of an .xlsx once it is unpacked
WIDEST = 104  # columns that are read, A to CZ
MOST_ROWS = 200_000
GAP = 1_000  # empty rows of a sheet after which its table is over
DENSE = 20_000_000  # cells that may be laid out at once
MOST_MERGED = 10_000
MOST_PROBLEMS = 50_000  # after so many the rest of the file is not looked at
PLACES = 5  # cells that are named where many are not read
