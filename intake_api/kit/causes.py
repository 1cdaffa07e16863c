"""Why something cannot be read or written: one word for logs and readiness, one sentence for people.

The message of a driver is never passed on: it may quote an address with its password, or what a citizen wrote.
"""

import errno

from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from intake_api.kit.errors import Failure

SENTENCES = {
    "disk_full": "磁盘已满，请先腾出空间。",
    "locked": "数据库一直被另一个程序占用，请先停止那个程序。",
    "busy": "排队的人太多，数据库忙不过来，请稍后再试。",
    "read_only": "数据库不能写入，请检查数据库文件、所在目录和磁盘是不是只读。",
    "cannot_open": "数据库文件打不开，请检查路径，并确认运行本程序的用户有权读写文件和所在目录。",
    "io_error": "读写磁盘出错，请检查磁盘。",
    "corrupt": "数据库文件已经损坏，请用备份恢复。",
    "not_a_database": "这个文件不是 SQLite 数据库。",
    "unreachable": "连不上数据库服务器，请检查地址和端口，并确认服务器正在运行、接受连接。",
    "wrong_user": "数据库服务器不接受这个用户名或者口令。",
    "no_such_database": "数据库服务器上没有这个名称的数据库，请先建立。",
    "no_permission": "数据库用户没有所需的权限，请授予它建表和读写的权限。",
    "too_many_connections": "数据库服务器的连接数已满。",
    "newer_schema": "数据库由更新的版本建立，本版本不能打开，请升级程序。",
    "schema_mismatch": "数据库的结构与本版本不符，请用备份恢复，或者重新运行 gongkai migrate。",
}
# by SQLite's result code; an extended one (SQLITE_IOERR_WRITE) has that of its kind
_SQLITE = {
    "SQLITE_FULL": "disk_full",
    "SQLITE_BUSY": "locked",
    "SQLITE_LOCKED": "locked",
    "SQLITE_READONLY": "read_only",
    "SQLITE_CANTOPEN": "cannot_open",
    "SQLITE_PERM": "cannot_open",
    "SQLITE_AUTH": "cannot_open",
    "SQLITE_IOERR": "io_error",
    "SQLITE_CORRUPT": "corrupt",
    "SQLITE_NOTADB": "not_a_database",
}
# by SQLSTATE or its class (PostgreSQL, appendix A)
_SQLSTATE = {
    "53100": "disk_full",
    "53300": "too_many_connections",
    "55P03": "locked",
    "25006": "read_only",
    "3D000": "no_such_database",
    "42501": "no_permission",
    "28": "wrong_user",
    "08": "unreachable",
    "57": "unreachable",
    "58": "io_error",
    "XX": "corrupt",
}
# A refused connection has no SQLSTATE in libpq, only words.
_REFUSALS = {
    "password authentication failed": "wrong_user",
    "no password supplied": "wrong_user",
    'role "': "wrong_user",
    "pg_hba": "wrong_user",
    'database "': "no_such_database",
    "too many": "too_many_connections",
}
_ERRNO = {errno.ENOSPC: "disk_full", errno.EDQUOT: "disk_full", errno.EROFS: "read_only", errno.EIO: "io_error"}


def cause_of(error: BaseException) -> str | None:
    """The word for a database that cannot be used (a key of SENTENCES); None where the statement is at fault."""
    if isinstance(error, PoolTimeout):
        return "busy"
    if isinstance(error, CommandError):
        return "newer_schema" if "Can't locate revision" in str(error) else "schema_mismatch"
    if not isinstance(error, DBAPIError) or error.orig is None:
        return None
    name = getattr(error.orig, "sqlite_errorname", None)
    if name:
        return _SQLITE.get("_".join(name.split("_")[:2]))
    state = getattr(error.orig, "sqlstate", None)
    if state:
        return _SQLSTATE.get(state) or _SQLSTATE.get(state[:2])
    if type(error.orig).__name__ not in ("OperationalError", "InterfaceError", "PoolTimeout"):
        return None
    said = str(error.orig)
    return next((cause for words, cause in _REFUSALS.items() if words in said), "unreachable")


def sentence_of(error: BaseException) -> str:
    """The same in words for people; the kind of error where no cause is known."""
    cause = cause_of(error)
    return SENTENCES[cause] if cause else f"{named(error)}。"


def named(error: BaseException) -> str:
    """An error in one word for a log: the code of a Failure, the cause of a database's, the type of any other."""
    if isinstance(error, Failure):
        return error.code
    if isinstance(error, OSError) and error.errno:
        return f"{type(error).__name__}:{errno.errorcode.get(error.errno, error.errno)}"
    if isinstance(error, SQLAlchemyError) and (cause := cause_of(error)):
        return cause
    return type(getattr(error, "orig", None) or error).__name__
