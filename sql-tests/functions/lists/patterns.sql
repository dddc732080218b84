-- Patterns: regular expressions, SIMILAR TO, LIKE
regexp_replace('foobarbaz', 'b..', 'X')
regexp_replace('foobarbaz', 'b..', 'X', 'g')
regexp_replace('foobarbaz', 'b(..)', 'X\1Y', 'g')
regexp_replace('foobarbaz', 'b(..)', 'X\&Y\\', 'g')
regexp_replace('A PostgreSQL function', 'a|e|i|o|u', 'X', 1, 0, 'i')
regexp_replace('A PostgreSQL function', 'a|e|i|o|u', 'X', 1, 3, 'i')
regexp_replace('A PostgreSQL function', 'a|e|i|o|u', 'X', 5, 1, 'i')
regexp_replace('A PostgreSQL function', 'a|e|i|o|u', 'X', 3)
regexp_replace('abc', '', 'x')
regexp_replace('abc', '', 'x', 'g')
regexp_replace('abc', 'x*', '-', 'g')
regexp_replace('abcb', 'b*', '-', 'g')
regexp_replace('😀a😀', '.', 'x', 'g')
regexp_replace('a😀b', '', '-', 'g')
regexp_replace('Thomas', '.[mN]a.', 'M')
regexp_replace(NULL, 'a', 'b')
regexp_replace('aaa', 'a', 'b', 'z')
regexp_replace('aaa', 'a', 'b', 0, 1, '')
regexp_replace('aaa', 'a', 'b', 1, -1, '')
regexp_match('foobarbequebaz', 'bar.*que')
regexp_match('foobarbequebaz', '(bar)(beque)')
regexp_match('abc', 'd')
regexp_match('abc', '(d)?abc')
regexp_match('abc', 'b', 'g')
SELECT regexp_matches('foobarbequebaz', 'ba.', 'g')
SELECT regexp_matches('foobarbequebazilbarfbonk', '(b[^b]+)(b[^b]+)', 'g')
SELECT regexp_matches('abc', 'd', 'g')
SELECT 1, regexp_matches('abc', 'b')
SELECT * FROM regexp_matches('abcabc', '(b)(c)?', 'g')
regexp_count('123456789012', '\d\d\d', 2)
regexp_count('ABCABCAXYaxy', 'A.', 1, 'i')
regexp_count('abc', '')
regexp_count('ABCABCABC', 'Abc', 1, 'g')
regexp_instr('number of your street, town zip, FR', '[^,]+', 1, 2)
regexp_instr('ABCDEFGHI', '(c..)(...)', 1, 1, 0, 'i', 2)
regexp_instr('ABCDEFGHI', '(c..)(...)', 1, 1, 1, 'i', 2)
regexp_instr('abc', 'c')
regexp_instr('abc', 'x')
regexp_instr('abcabc', 'b', 1, 2, 2)
regexp_like('Hello World', 'world$', 'i')
regexp_like('Hello', 'L')
regexp_like('Hello', 'L', 'g')
regexp_substr('number of your street, town zip, FR', '[^,]+', 1, 2)
regexp_substr('ABCDEFGHI', '(c..)(...)', 1, 1, 'i', 2)
regexp_substr('abc', 'x')
regexp_split_to_array('hello world  foo', '\s+')
regexp_split_to_array('the quick brown fox', '\s*')
regexp_split_to_array('', 'a')
regexp_split_to_array('abc', '')
regexp_split_to_array('aXbxc', 'x', 'i')
regexp_split_to_array('abc', 'c')
regexp_split_to_array('abc', 'a')
SELECT * FROM regexp_split_to_table('the quick brown fox', '\s+')
SELECT regexp_split_to_table('a,b,,c', ',')
substring('Thomas' from '...$')
substring('foobar' from 'o(.)b')
substring('foobar' from 'o.b')
substring('foobar', 'x')
substring('Thomas' similar '%#"o_a#"_' escape '#')
substring('Thomas' from '%#"o_a#"_' for '#')
substring('abcdefg' similar 'a#"%#"g' escape '#')
substring('abcdefg' similar 'a#"%#"x' escape '#')
substring('abcdefg' similar 'a|b#"%#"g' escape '#')
substring('abcdefg' similar 'a%g' escape '#')
'abc' similar to 'abc'
'abc' similar to 'a'
'abc' similar to '%(b|d)%'
'abc' similar to '(b|c)%'
'-abc-' similar to '%\mabc\M%'
'xabcy' similar to '%\mabc\M%'
'abc' not similar to 'abc'
'a_c' similar to 'a#_c' escape '#'
'abc' similar to 'a#_c' escape '#'
'abc' similar to '[a-c]+'
'abc' similar to '[^a-c]+'
'aaa' similar to 'a{3}'
'aaa' similar to 'a{2}'
'a.c' similar to 'a.c'
'abc' similar to 'a.c'
'abc' similar to 'a$c'
'abc' similar to NULL
'abc' ~ 'b'
'abc' ~ '^b'
'abc' ~* 'B'
'abc' !~ 'b'
'abc' !~* 'X'
'ÄÖ' ~* 'äö'
'a1' ~ '\d'
'abc' ~ '(?i)B'
'abc' ~ '***=b'
'a.c' ~ '***=.'
'abc' ~ '('
'abc' ~ '['
'abc' ~ 'a{2,1}'
'abc' ~ '*a'
'abc' ~ 'a**'
'abc' ~ '\y'
'foo bar' ~ '\mbar\M'
'foo bar' ~ '[[:<:]]bar[[:>:]]'
'foobar' ~ '\mbar'
'abc' ~ 'a(?:b)c'
'a b' ~ '(?x)a\ b # comment'
E'a\nb' ~ 'a.b'
E'a\nb' ~ '(?n)a.b'
E'a\nb' ~ '^b'
E'a\nb' ~ '(?n)^b'
'[' ~ '[[]'
'é' ~ '[[:alpha:]]'
'foo' ~ '[[:foo:]]'
'a]' ~ '[]]'
'a-b' ~ '[a-]'
'\' ~ '\\'
'a' ~ '\x61'
'😀' ~ '^.$'
'XY1234Z' ~ 'Y*?([0-9]{1,3})'
substring('XY1234Z', 'Y*([0-9]{1,3})')
substring('XY1234Z', 'Y*?([0-9]{1,3})')
regexp_match('abc01234xyz', '(.*)(\d+)(.*)')
regexp_match('abc01234xyz', '(.*?)(\d+)(.*)')
regexp_match('abc01234xyz', '(?:(.*?)(\d+)(.*)){1,1}')
regexp_match('aaa', 'a|aa|aaa')
regexp_match('aaa', '(a|aa)(a*)')
regexp_match('xaaay', 'a+?')
regexp_match('xaaay', 'xa+?y')
regexp_match('xaaay', '(a+?)(a*)')
regexp_match('foobar', 'o*?b')
regexp_replace('a.b.c', '\.', '\\', 'g')
regexp_replace('abc', '(x)?b', '[\1]')
regexp_replace('hello world', '(\w+) (\w+)', '\2 \1')
E'a\tb' ~ '\t'
E'a\tb' ~ '\s'
'abc' ~ ''
'' ~ ''
'' ~ 'a*'
'_' ~ '\w'
'a' ~ '\W'
'abc' ~ 'a\'
'ab' ~ '(a)(b)\1'
'aa' ~ '(a)\1'
regexp_match('abc', '(?b)a\(b\)c')
regexp_replace('a+b', 'a+', 'X', 'b')
regexp_match('aab', '\(a\{1,2\}\)b', 'b')
regexp_match('a*b', '*b', 'b')
regexp_match('abab1', '\(ab\)\11', 'b')
regexp_match('x^y$z', 'x^y$z', 'b')
regexp_match('a\b', '[\]b', 'b')
regexp_match('foo bar', '\<b[^ ]*\>', 'b')
regexp_match('(a|b)', '(a|b)', 'b')
regexp_match('ab', 'a # comment' || chr(10) || 'b $', 'bx')
regexp_match('a', 'a\{', 'b')
regexp_match('a', '\{1\}', 'b')
regexp_match('a', 'a\', 'b')
regexp_match('abba', '(.)(.)\2\1')
regexp_replace('the the fox is is in', '\y(\w+) \1\y', '\1', 'gi')
regexp_matches('aabbcd', '(\w)\1', 'g')
regexp_match('ababab', '^(.+)\1{2}$')
regexp_match('aab', '(a)?\1b')
regexp_match('b', '(a)?\1b')
regexp_match('b', '(a)*\1?b')
regexp_match('xyxyz', '^((x)(y))\1*z$')
regexp_match('abcabc', '(?:(a)(b)(c)){2}\3?')
'aa' ~ '\1'
'aa' ~ '(a\1)'
'aa' ~ '(a)(?=\1)'
'aa' ~ '(?=(a))\1'
'aa1' ~ '(a)\11'
'aA' ~* '(a)\1'
regexp_match('aabab', '^(a|ab)(a|ab)*?\2$')
'ab' ~ 'a(?=b)'
'ab' ~ 'a(?!b)'
regexp_replace('1234567', '\d(?=(\d{3})+$)', '\&,', 'g')
regexp_replace('foobarfoo', '(?<=bar)foo|foo(?=bar)', '<\&>', 'g')
regexp_replace('price 10 USD, 20 EUR', '(\d+)(?= EUR)', '[\1]')
regexp_match('abc123', '(?=.*\d)(?=.*[a-z])(\w+)')
regexp_split_to_array('CamelCaseText', '(?<=[a-z])(?=[A-Z])')
regexp_split_to_array('a,"b,c",d', ',(?=(?:[^"]*"[^"]*")*[^"]*$)')
regexp_count('aXbXc', '(?<!b)x', 1, 'i')
regexp_instr('foo bar', '(?<=\s)\m\w')
regexp_substr(E'one\ntwo', '(?<=^)t\w+(?=$)', 1, 1, 'n')
regexp_like('ab', '(?<!(?=b)b)b(?!.)')
substring('foo=bar' from '(?<==)(.*)')
regexp_match('abc', '(?=(b))b')
regexp_match('xaby', 'x(?=(a)(b)).(.)')
'ab' ~ '(?=a)*'
'ab' ~ '(?<=a)+b'
'ab' ~ '^*a'
'ab' ~ '(?<a)'
'ab' ~ '(?=a'
'ab' ~ '(?=)ab(?!)'
'ab' ~ '(?<=)ab(?<!a)'
'a{2}' ~ '{2}'
regexp_match('abcde', '^(abc|de|ab|cd|e)*$')
regexp_match('', '(a*)*')
regexp_match('', '(a??)*')
regexp_match('aab', 'a*(?:ab)?([bc]*)')
regexp_match('abcbx', '(a.(?:){2}?){1,1}?.b?')
E'\u00a0' ~ '\s'
'a{' ~ 'a{'
'a{x' ~ 'a{x'
'x' ~ '[z-a]'
'x' ~ 'x{256}'
'x' ~ '(?z)x'
'foo' like 'f\%' escape '\'
'f%' like 'f\%' escape '\'
'f%o' like 'f#%_' escape '#'
'f%o' like 'f##%_' escape '#'
'foo' like 'f%\'
'foo' like 'foo\'
'fo\' like 'fo\\'
'foo' like 'f_o' escape ''
'a\b' like 'a\b' escape ''
'foo' like 'f' escape 'ab'
'foo' ilike 'FO%'
'foo' not like 'f%'
'foo' like NULL
'😀' like '_'
E'a\nb' like 'a_b'
'foo' like '%%%%o'
''like ''
'' like '%'
'a' like '_%'
