// pgx as it is, against the server at argv[1]:argv[2]. Exits with 1 at the first surprise.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"reflect"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

var ctx = context.Background()

func main() {
	log.SetFlags(0)
	address := fmt.Sprintf("postgres://root@%s:%s/dev", os.Args[1], os.Args[2])
	for _, mode := range []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"} {
		conn, err := pgx.Connect(ctx, address+"?default_query_exec_mode="+mode)
		must(err)
		types(conn, mode)
		must(conn.Close(ctx))
	}
	conn, err := pgx.Connect(ctx, address)
	must(err)
	batches(conn)
	failures(conn)
	cancel(conn)
	must(conn.Close(ctx))
	pool(address)
}

func must(err error) {
	if err != nil {
		log.Panic(err)
	}
}

func check(actual, expected any) {
	if !reflect.DeepEqual(actual, expected) {
		log.Panicf("expected %v, got %v", expected, actual)
	}
}

func types(conn *pgx.Conn, mode string) {
	var (
		i  int32
		l  int64
		f  float64
		b  bool
		s  string
		n  *string
		by []byte
		t  time.Time
		a  []int32
	)
	at := time.Date(2024, 2, 29, 12, 0, 0, 123456000, time.UTC)
	row := conn.QueryRow(ctx,
		`SELECT $1::int, $2::bigint, $3::double precision, $4::boolean, $5::varchar, $6::varchar, $7::bytea, $8::timestamptz, $9::int[]`,
		int32(-7), int64(1)<<62, 1e-300, true, "žluť '\" 🐎", nil, []byte{0, 255}, at, []int32{1, 2, 3})
	must(row.Scan(&i, &l, &f, &b, &s, &n, &by, &t, &a))
	check(i, int32(-7))
	check(l, int64(1)<<62)
	check(f, 1e-300)
	check(b, true)
	check(s, "žluť '\" 🐎")
	check(n == nil, true)
	check(by, []byte{0, 255})
	check(t.Equal(at), true)
	check(a, []int32{1, 2, 3})
	fmt.Println("ok types in mode", mode)
}

func batches(conn *pgx.Conn) {
	_, err := conn.Exec(ctx, "CREATE TABLE pgx_t (k int PRIMARY KEY, v varchar)")
	must(err)
	batch := &pgx.Batch{}
	for i := 0; i < 50; i++ {
		batch.Queue("INSERT INTO pgx_t VALUES ($1, $2)", i, fmt.Sprint("v", i))
	}
	batch.Queue("SELECT count(*) FROM pgx_t")
	results := conn.SendBatch(ctx, batch)
	for i := 0; i < 50; i++ {
		tag, err := results.Exec()
		must(err)
		check(tag.RowsAffected(), int64(1))
	}
	var count int64
	must(results.QueryRow().Scan(&count))
	check(count, int64(50))
	must(results.Close())
	rows, err := conn.Query(ctx, "SELECT k, v FROM pgx_t WHERE k < $1 ORDER BY k", 2)
	must(err)
	type row struct {
		K int32
		V string
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	must(err)
	check(found, []row{{0, "v0"}, {1, "v1"}})
	fmt.Println("ok batches")
}

func failures(conn *pgx.Conn) {
	var failure *pgconn.PgError
	_, err := conn.Exec(ctx, "SELECT nope FROM pgx_t")
	check(errors.As(err, &failure), true)
	check(failure.Code, "42703")
	tx, err := conn.Begin(ctx)
	must(err)
	_, err = tx.Exec(ctx, "SELECT 1/0")
	check(errors.As(err, &failure) && failure.Code == "22012", true)
	_, err = tx.Exec(ctx, "SELECT 1")
	must(err)
	must(tx.Rollback(ctx))
	_, err = conn.Exec(ctx, "DROP TABLE pgx_t")
	must(err)
	fmt.Println("ok errors")
}

func cancel(conn *pgx.Conn) {
	var failure *pgconn.PgError
	go func() {
		time.Sleep(300 * time.Millisecond)
		_ = conn.PgConn().CancelRequest(ctx)
	}()
	_, err := conn.Exec(ctx, "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b")
	check(errors.As(err, &failure) && failure.Code == "57014", true)
	_, err = conn.Exec(ctx, "SELECT 1")
	must(err)
	fmt.Println("ok cancel")
}

func pool(address string) {
	pool, err := pgxpool.New(ctx, address+"?pool_max_conns=8")
	must(err)
	defer pool.Close()
	var wait sync.WaitGroup
	for i := 0; i < 200; i++ {
		wait.Add(1)
		go func(i int) {
			defer wait.Done()
			var twice int
			must(pool.QueryRow(ctx, "SELECT $1::int * 2", i).Scan(&twice))
			check(twice, 2*i)
		}(i)
	}
	wait.Wait()
	fmt.Println("ok pool")
}
