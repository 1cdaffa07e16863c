"""A leaf library that suggests the responsible department (承办部门) and a first disposition for a request."""
