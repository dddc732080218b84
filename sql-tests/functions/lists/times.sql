-- Forms of dates, times and intervals, one expression a line.
'March 7, 2021'::date
'7-Mar-2021 5:06PM'::timestamp
'Sun Mar 07 17:06:05.25 2021 EST'::timestamp
'3/7/69'::date
'20210307T040506.789-08'::timestamptz::text IS NOT NULL
'2021.066'::date
'J2459281.5'::timestamp
'Mar 7 0044 BC'::date
'2021-03-07 24:00'::timestamp
'2021-02-29'::date
'31/3/2021'::date
'2021-03-07 10:00+16'::timestamp
'mar 2021'::date
'10:00 2021-03-07'::timestamp
'23:59:60'::time
'11:59 pm PST'::time
'10:00 America/New_York'::time
'10:00:00.26 msk'::timetz(1)
'2021-07-07 10:00 America/New_York'::timetz
'24:00 Z'::timetz = '00:00 Z'::timetz
'10:00+01'::timetz < '10:00-01'::timetz
'10:00+01'::timetz - interval '11 hours'
'10:00+01'::timetz AT TIME ZONE '+02:00'
extract(epoch from '10:00+01'::timetz)
date_part('timezone_minute', '10:00-03:30'::timetz)
'1y2mon3d4h'::interval
'P0001-02-03T04:05:06'::interval
'-1.5 years 2 weeks ago'::interval
interval '1 2:03:04.567' day to minute
interval '12:34.5678' minute to second(2)
'1 day 1 day'::interval
'1-13'::interval
'9223372036854775807 us'::interval
justify_interval(interval '2147483647 days 24 hrs')
justify_days(interval '2147483647 months 30 days')
to_char(interval '12 mon', 'RM') || '|' || to_char(interval '-12 mon', 'RM')
to_char(timestamp '0097-02-16', 'FMY,YYY')
to_timestamp('2021-07-07 01:02:03.98765', 'YYYY-MM-DD HH24:MI:SS.FF2') = timestamptz '2021-07-07 01:02:03.99+00'
make_timestamptz(2021, 7, 7, 10, 0, 0, '+5:30') = timestamptz '2021-07-07 04:30+00'
make_timestamptz(2021, 7, 7, 10, 0, 0, '2')
