"""SQLAlchemy as it is (over psycopg 3), against the server at argv[1]:argv[2]. Exits with 1 at the first surprise."""

import sys
from decimal import Decimal

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    create_engine,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

engine = create_engine(f"postgresql+psycopg://root@{sys.argv[1]}:{sys.argv[2]}/dev")


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "sa_accounts"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String)
    amount: Mapped[Decimal] = mapped_column(Numeric)


class Order(Base):
    __tablename__ = "sa_orders"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("sa_accounts.id", ondelete="CASCADE"))
    account: Mapped[Account | None] = relationship()


def foreign_keys():
    with Session(engine) as session:
        session.add(Order(id=1, account=Account(id=100, name="of an order", amount=Decimal(1))))
        session.commit()
        assert session.get(Order, 1).account.name == "of an order"
    with Session(engine) as session:
        session.add(Order(id=2, account_id=101))
        try:
            session.commit()
            raise AssertionError("no error")
        except IntegrityError as error:
            assert error.orig.sqlstate == "23503", error.orig
    with Session(engine) as session:
        session.delete(session.get(Account, 100))
        session.commit()
        assert session.get(Order, 1) is None
    (found,) = inspect(engine).get_foreign_keys("sa_orders")
    assert found["name"] == "sa_orders_account_id_fkey", found
    assert found["constrained_columns"] == ["account_id"], found
    assert (found["referred_table"], found["referred_columns"]) == ("sa_accounts", ["id"]), found
    assert found["options"] == {"ondelete": "CASCADE"}, found
    meta = MetaData()
    meta.reflect(engine, only=["sa_orders"])
    assert [t.name for t in meta.sorted_tables] == ["sa_accounts", "sa_orders"], meta.sorted_tables
    with engine.connect() as c:
        c.execute(text("DROP TABLE sa_orders"))
        c.commit()


def orm():
    Base.metadata.create_all(engine)
    Base.metadata.create_all(engine)  # finds it there
    with Session(engine) as session:
        session.add_all([Account(id=i, name=f"name {i}", amount=Decimal(i) / 2) for i in range(10)])
        session.commit()
    with Session(engine) as session:
        account = session.get(Account, 3)
        assert account.amount == Decimal("1.5"), account.amount
        account.name = "changed"
        session.delete(session.get(Account, 9))
        session.commit()
    with Session(engine) as session:
        query = select(func.count(), func.sum(Account.amount)).where(Account.name.like("name%"))
        assert session.execute(query).one() == (8, Decimal("16.5")), session.execute(query).one()


def reflection():
    with engine.connect() as c:
        c.execute(text("CREATE MATERIALIZED VIEW sa_total AS SELECT sum(amount) AS s FROM sa_accounts"))
        c.execute(text("CREATE VIEW sa_names AS SELECT name FROM sa_accounts"))
        c.execute(text("CREATE INDEX sa_by_name ON sa_accounts (name)"))
        c.commit()
    seen = inspect(engine)
    assert "sa_accounts" in seen.get_table_names(), seen.get_table_names()
    assert "sa_names" in seen.get_view_names(), seen.get_view_names()
    assert "sa_total" in seen.get_materialized_view_names(), seen.get_materialized_view_names()
    columns = [(c["name"], str(c["type"]), c["nullable"]) for c in seen.get_columns("sa_accounts")]
    expected = [("id", "INTEGER", False), ("name", "VARCHAR", False), ("amount", "NUMERIC", False)]
    assert columns == expected, columns
    assert seen.get_pk_constraint("sa_accounts")["constrained_columns"] == ["id"]
    assert seen.get_foreign_keys("sa_accounts") == []
    indexes = [(i["name"], i["column_names"][0]) for i in seen.get_indexes("sa_accounts")]
    assert indexes == [("sa_by_name", "name")], indexes
    assert "public" in seen.get_schema_names()
    table = Table("sa_accounts", MetaData(), autoload_with=engine)
    assert [c.name for c in table.primary_key] == ["id"], table.primary_key


def errors():
    with engine.connect() as c:
        try:
            c.execute(text("SELECT nope FROM sa_accounts"))
            raise AssertionError("no error")
        except ProgrammingError as error:
            assert error.orig.sqlstate == "42703", error.orig
        c.rollback()
        table = Table("sa_made", MetaData(), Column("a", Integer))
        table.create(c)
        c.execute(table.insert().values(a=1))
        c.commit()
        assert c.execute(select(table)).all() == [(1,)]
        table.drop(c)
        c.execute(text("DROP TABLE sa_accounts CASCADE"))
        c.commit()


for check in (orm, foreign_keys, reflection, errors):
    try:
        check()
    except Exception as error:
        raise SystemExit(f"{check.__name__}: {type(error).__name__}: {error}") from error
    print("ok", check.__name__)
