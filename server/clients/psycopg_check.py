"""psycopg 3 as it is, against the server at argv[1]:argv[2]. Exits with 1 at the first surprise."""

import sys
import threading
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

HOST, PORT = sys.argv[1], int(sys.argv[2])


def connect(**more):
    return psycopg.connect(host=HOST, port=PORT, dbname="dev", user="root", **more)


# What goes in by text or binary and comes back by text or binary is the same.
VALUES = [
    ("boolean", True),
    ("smallint", -32768),
    ("int", 2147483647),
    ("bigint", -9223372036854775808),
    ("real", 1.5),
    ("double precision", 1e300),
    ("numeric", Decimal("12345678901234567890.000123")),
    ("numeric", Decimal("NaN")),
    ("varchar", "žluťoučký 🐎 '\"\\ "),
    ("bytea", bytes(range(256))),
    ("date", date(2024, 2, 29)),
    ("time", time(23, 59, 59, 999999)),
    ("timestamp", datetime(1969, 12, 31, 23, 59, 59, 999999)),
    ("timestamptz", datetime(2024, 7, 1, 12, 0, tzinfo=timezone.utc)),
    ("interval", timedelta(days=3, seconds=5, microseconds=7)),
    ("uuid", UUID("11111111-2222-3333-4444-555555555555")),
    ("jsonb", {"a": [1, None, "x"]}),
    ("int[]", [1, None, 3]),
    ("varchar[]", ["a", "b,c", 'd"e', None]),
]


def round_trips():
    with connect(autocommit=True) as c:
        for binary in (False, True):
            cur = c.cursor(binary=binary)
            for kind, value in VALUES:
                for mark in ("%t", "%b"):
                    given = Jsonb(value) if kind == "jsonb" else value
                    row = cur.execute(f"SELECT {mark}::{kind}, NULL::{kind}", [given]).fetchone()
                    same = row == (value, None) or (value != value and row[0] != row[0])
                    assert same, (kind, mark, binary, value, row)


def prepared_statements():
    with connect(autocommit=True) as c:
        c.execute("CREATE TABLE psy (k int PRIMARY KEY, v varchar, n numeric)")
        cur = c.cursor()
        cur.executemany("INSERT INTO psy VALUES (%s, %s, %s)", [(i, f"v{i}", Decimal(i) / 4) for i in range(40)])
        assert cur.rowcount == 40, cur.rowcount
        for i in range(8):  # prepared from the fifth on
            assert c.execute("SELECT v FROM psy WHERE k = %s", [i], prepare=True).fetchall() == [(f"v{i}",)]
        # The table changes under a prepared statement.
        assert c.execute("UPDATE psy SET v = %s WHERE k = %s RETURNING v", ["x", 3]).fetchone() == ("x",)
        assert c.execute("SELECT v FROM psy WHERE k = %s", [3], prepare=True).fetchall() == [("x",)]
        assert c.execute("DELETE FROM psy WHERE k >= %s", [20]).rowcount == 20
        names = [d.name for d in c.execute("SELECT * FROM psy WHERE false").description]
        assert names == ["k", "v", "n"], names
        query = sql.SQL("SELECT sum({}) FROM {}").format(sql.Identifier("n"), sql.Identifier("psy"))
        assert c.execute(query).fetchone() == (Decimal("47.5"),)
        c.execute("DROP TABLE psy")


def pipelines_and_cursors():
    with connect(autocommit=True) as c:
        with c.pipeline():
            cursors = [c.execute("SELECT %s::int * 2", [i]) for i in range(50)]
            assert [cur.fetchone()[0] for cur in cursors] == [2 * i for i in range(50)]
    with connect() as c:
        # A cursor of the server's, read in portions.
        with c.cursor("portions") as cur:
            cur.itersize = 7
            cur.execute("SELECT i, 'row ' || i FROM generate_series(1, 100) AS g(i)")
            rows = list(cur)
            assert len(rows) == 100 and rows[0] == (1, "row 1"), rows[:3]
        # Rows one at a time as they come.
        cur = c.cursor()
        assert sum(i for (i,) in cur.stream("SELECT * FROM generate_series(1, 10000)")) == 50005000


def errors_and_transactions():
    with connect() as c:
        for text, kind in [
            ("SELECT nope", psycopg.errors.UndefinedColumn),
            ("SELECT * FROM nope", psycopg.errors.UndefinedTable),
            ("SELEC 1", psycopg.errors.SyntaxError),
            ("SELECT 1 / 0", psycopg.errors.DivisionByZero),
            ("SELECT 'x'::int", psycopg.errors.InvalidTextRepresentation),
        ]:
            try:
                c.execute(text)
                raise AssertionError(f"no error: {text}")
            except kind:
                assert c.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS
            assert c.execute("SELECT 1").fetchone() == (1,)
            c.rollback()
        with c.transaction():
            assert c.execute("SELECT 1").fetchone() == (1,)
        c.commit()
        assert c.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        try:
            with c.pipeline() as p:
                c.execute("SELECT 1 / 0")
                p.sync()
            raise AssertionError("no error in a pipeline")
        except psycopg.errors.DivisionByZero:
            c.rollback()


def cancel():
    with connect(autocommit=True) as c:
        timer = threading.Timer(0.3, c.cancel)
        timer.start()
        try:
            c.execute("SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b")
            raise AssertionError("the statement was not canceled")
        except psycopg.errors.QueryCanceled:
            pass
        assert c.execute("SELECT 1").fetchone() == (1,)


for check in (round_trips, prepared_statements, pipelines_and_cursors, errors_and_transactions, cancel):
    try:
        check()
    except Exception as error:
        raise SystemExit(f"{check.__name__}: {type(error).__name__}: {error}") from error
    print("ok", check.__name__)
