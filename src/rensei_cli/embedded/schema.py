"""The tables of the platform, and the connection that keeps every promise."""

import sqlite3
from pathlib import Path

from rensei_cli.embedded.trouble import InUseError

# What SQLite means by a code, without the details in its higher bits.
_PRIMARY = 0xFF
_TABLES = """
CREATE TABLE IF NOT EXISTS sessions (
  id TEXT PRIMARY KEY, tracker_id TEXT NOT NULL UNIQUE, project TEXT NOT NULL,
  identifier TEXT NOT NULL, title TEXT, work_type TEXT NOT NULL, provider TEXT, branch TEXT,
  priority INTEGER NOT NULL, status TEXT NOT NULL, parked INTEGER NOT NULL,
  created_at INTEGER NOT NULL, queued_at INTEGER NOT NULL, started_at INTEGER,
  completed_at INTEGER, updated_at INTEGER NOT NULL, worker_id TEXT,
  stop_requested_at INTEGER, last_tool TEXT, last_tool_at INTEGER, tool_calls INTEGER NOT NULL,
  cost_usd REAL, input_tokens INTEGER, output_tokens INTEGER, revision INTEGER NOT NULL,
  newest_activity INTEGER NOT NULL, active_signals TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS sessions_by_status ON sessions (status, priority, queued_at);
CREATE INDEX IF NOT EXISTS sessions_with_signals ON sessions (active_signals)
  WHERE active_signals != '';
CREATE INDEX IF NOT EXISTS sessions_by_issue ON sessions (project, identifier);
CREATE INDEX IF NOT EXISTS sessions_by_start ON sessions (queued_at);
CREATE TABLE IF NOT EXISTS activities (
  session_id TEXT NOT NULL, number INTEGER NOT NULL, text TEXT NOT NULL,
  PRIMARY KEY (session_id, number)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lifecycle (
  session_id TEXT NOT NULL, status TEXT NOT NULL, entered_at INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS lifecycle_by_session ON lifecycle (session_id);
CREATE TABLE IF NOT EXISTS remediations (
  number INTEGER PRIMARY KEY, session_id TEXT NOT NULL, text TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS remediations_by_session ON remediations (session_id);
CREATE TABLE IF NOT EXISTS workers (
  id TEXT PRIMARY KEY, name TEXT, registered_at INTEGER NOT NULL,
  heartbeat_at INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS claims (
  session_id TEXT NOT NULL, worker_id TEXT NOT NULL, claimed_at INTEGER NOT NULL,
  ended_at INTEGER, ending TEXT) STRICT;
CREATE INDEX IF NOT EXISTS claims_by_session ON claims (session_id, worker_id);
CREATE TABLE IF NOT EXISTS inbox (
  id TEXT PRIMARY KEY, session_id TEXT NOT NULL, worker_id TEXT, kind TEXT NOT NULL,
  text TEXT, sent_at INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS inbox_by_session ON inbox (session_id);
CREATE TABLE IF NOT EXISTS answers (
  route TEXT NOT NULL, key TEXT NOT NULL, status INTEGER NOT NULL, text TEXT NOT NULL,
  given_at INTEGER NOT NULL, PRIMARY KEY (route, key)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS questions (
  route TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, asked_at INTEGER NOT NULL,
  PRIMARY KEY (route, key)) STRICT, WITHOUT ROWID;
"""
# A database from before there was a table of claims may have sessions that are held.
_REMEMBERED = """
INSERT INTO claims SELECT id, worker_id, started_at, NULL, NULL FROM sessions
WHERE worker_id IS NOT NULL AND started_at IS NOT NULL
  AND id NOT IN (SELECT session_id FROM claims WHERE ended_at IS NULL);
"""


def connect(path: Path | None) -> sqlite3.Connection:
    """Give a connection whose commits survive a power cut; `None` is a database in memory.

    Raises:
        InUseError: Another platform has this database open.
        OSError: The file cannot be used.
    """
    try:
        connection = sqlite3.connect(path or ":memory:", isolation_level=None, timeout=0.5)
    except sqlite3.Error as error:
        raise _unusable(path, error) from error
    try:
        # One platform to a file: a second one would not hear of what the first one does.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(_TABLES + _REMEMBERED)
    except sqlite3.Error as error:
        connection.close()
        raise _unusable(path, error) from error
    return connection


def _unusable(path: Path | None, error: sqlite3.Error) -> OSError:
    busy = getattr(error, "sqlite_errorcode", 0) & _PRIMARY == sqlite3.SQLITE_BUSY
    kind = InUseError if busy else OSError
    return kind(f"The platform's database {path} cannot be used: {error}")
