"""The rules of 《政府信息公开条例》 as pure functions: standard library only, no clock, no database, no network."""
