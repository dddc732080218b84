-- tables
CREATE TABLE small (id int PRIMARY KEY, k int, p text, n numeric, big_id int);
CREATE TABLE big (id int PRIMARY KEY, k int, p text, n numeric, s text);
CREATE TABLE pairs (a int, b int, v int, PRIMARY KEY (a, b));
-- epoch
INSERT INTO big SELECT i, CASE WHEN i % 97 = 0 THEN NULL ELSE i % 3000 END, 'p' || (i % 1700), (i % 800) / 4.0, 's' || (i % 5) FROM generate_series(1, 12000) i;
INSERT INTO pairs SELECT i / 4, i % 4, i % 100 FROM generate_series(1, 12000) i;
INSERT INTO small VALUES (1, 7, 'p7', 1.5, 11), (2, 7, 'p8', 2.50, 12), (3, NULL, NULL, NULL, NULL), (4, 2999, 'p1699', 100, 12000), (5, 50000, 'none', 7.125, 77777);
-- epoch
INSERT INTO small VALUES (6, 11, 'p11', 11, 300);
-- epoch
UPDATE big SET k = 7 WHERE id IN (3000, 6000);
DELETE FROM big WHERE id IN (7, 3007);
-- epoch
INSERT INTO big SELECT i, 7, 'p8', 2.5, 'new' FROM generate_series(12001, 12010) i;
UPDATE small SET k = 3 WHERE id = 2;
-- epoch
DELETE FROM big WHERE k = 2999;
UPDATE big SET p = 'p7', n = NULL WHERE id BETWEEN 100 AND 110;
DELETE FROM pairs WHERE a = 11;
-- epoch
INSERT INTO big VALUES (7, 2999, 'none', 7.125, 'again'), (3007, NULL, NULL, NULL, NULL);
-- epoch
DELETE FROM small WHERE id > 1;
-- epoch
DELETE FROM small;
-- queries
SELECT s.id, b.id AS b, b.s FROM small s JOIN big b ON b.k = s.k;
SELECT s.id, b.id AS b FROM small s JOIN big b ON b.id = s.big_id;
SELECT s.id, b.id AS b, b.n FROM small s LEFT JOIN big b ON b.k = s.k AND b.s = 's1';
SELECT s.id, b.id AS b FROM big b RIGHT JOIN small s ON b.p = s.p AND b.n = s.n;
SELECT s.id FROM small s WHERE EXISTS (SELECT 1 FROM big b WHERE b.k = s.k);
SELECT s.id FROM small s WHERE NOT EXISTS (SELECT 1 FROM big b WHERE b.k = s.k);
SELECT s.id FROM small s WHERE NOT EXISTS (SELECT 1 FROM big b WHERE b.k = s.k AND b.id > 3500);
SELECT s.id FROM small s WHERE s.k NOT IN (SELECT k FROM big WHERE k IS NOT NULL);
SELECT s.id FROM small s WHERE s.p IN (SELECT p FROM big);
SELECT s.id FROM small s WHERE s.n IN (SELECT n FROM big WHERE s = 's1');
SELECT s.id, (SELECT sum(b.n) FROM big b WHERE b.k = s.k) FROM small s;
SELECT s.id, b.id AS b FROM small s JOIN big b ON b.k IS NOT DISTINCT FROM s.k;
SELECT s.id, b.id AS bid, v FROM small s JOIN big b ON b.k = s.k JOIN pairs ON a = b.id AND b = s.k % 4;
SELECT s.id, v FROM small s JOIN pairs ON a = s.k AND pairs.b = 3;
SELECT s.id, v FROM small s JOIN pairs ON a = s.k;
SELECT s.id, t.id AS t, b.id AS b FROM small s JOIN small t ON s.k = t.k JOIN big b ON b.k = t.k;
SELECT b.s, count(*) FROM big b WHERE b.id IN (SELECT big_id FROM small) GROUP BY b.s;
SELECT b.id FROM big b WHERE b.k = ANY (SELECT k FROM small UNION ALL SELECT k FROM small);
