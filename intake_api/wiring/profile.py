"""The department directory as the office takes it from its profile file."""

from typing import TYPE_CHECKING

from intake_api.wiring.shipped import PROFILE

if TYPE_CHECKING:
    from intake_api.directory import Directory
    from intake_api.settings import Settings


def read_directory(settings: "Settings") -> "Directory":
    """The agencies and departments of the profile file. Raises ProfileError."""
    from classifier.errors import ProfileError
    from classifier.profile import Profile
    from intake_api.directory import Directory

    path = settings.profile or PROFILE
    source = Profile.load(path).source
    try:
        return Directory.of(source)
    except (KeyError, TypeError) as error:
        raise ProfileError("profile_incomplete", f"部门目录 {path.name} 的 [agency] 不完整：{error}") from None
    except ValueError as error:
        raise ProfileError("profile_value", f"部门目录 {path.name} 中有不能用的内容：{error}。") from None
