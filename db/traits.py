"""What a database is beside its tables: owner, encoding, locale, and who may connect. No dump brings these along."""

from typing import Any, LiteralString

import psycopg
from psycopg import sql

# The column of the locale has had three names; as JSON each version has the one it has.
_TRAITS = """
SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype,
       to_jsonb(d) ->> 'datlocprovider', coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale')
FROM pg_database d WHERE datname = %s
"""
_PROVIDERS: dict[str, LiteralString] = {
    "i": " LOCALE_PROVIDER icu ICU_LOCALE {locale}",
    "b": " LOCALE_PROVIDER builtin BUILTIN_LOCALE {locale}",
}
_GRANTS = """
SELECT CASE a.grantee WHEN 0 THEN NULL ELSE pg_get_userbyid(a.grantee) END, a.privilege_type, a.is_grantable
FROM pg_database d, aclexplode(d.datacl) a WHERE d.datname = %s
"""
_PRIVILEGES: dict[str, LiteralString] = {"CONNECT": "CONNECT", "CREATE": "CREATE", "TEMPORARY": "TEMPORARY"}


def making(connection: psycopg.Connection[Any], name: str, like: str) -> sql.Composed:
    """Return the statement that makes an empty database like another one, or in UTF-8 where that is not there."""
    start = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING ").format(sql.Identifier(name))
    row = connection.execute(_TRAITS, [like]).fetchone()
    if row is None:
        return start + sql.Literal("UTF8")
    owner, encoding, collate, ctype, provider, locale = row
    rest = sql.SQL("{} LC_COLLATE {} LC_CTYPE {} OWNER {}").format(
        sql.Literal(encoding), sql.Literal(collate), sql.Literal(ctype), sql.Identifier(owner)
    )
    return start + rest + sql.SQL(_PROVIDERS.get(provider, "")).format(locale=sql.Literal(locale))


def give_grants(connection: psycopg.Connection[Any], name: str, like: str) -> None:
    """Let the same roles connect as to the other database: by itself a new one is open to all."""
    grants = connection.execute(_GRANTS, [like]).fetchall()
    if not grants:
        return
    database = sql.Identifier(name)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    for role, privilege, is_grantable in grants:
        grantee = sql.SQL("PUBLIC") if role is None else sql.Identifier(role)
        end = sql.SQL(" WITH GRANT OPTION" if is_grantable else "")
        what = sql.SQL(_PRIVILEGES[privilege])
        connection.execute(sql.SQL("GRANT {} ON DATABASE {} TO {}").format(what, database, grantee) + end)
