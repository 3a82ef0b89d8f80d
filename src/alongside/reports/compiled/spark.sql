-- Written by tools/compile_indicators.py from the services' indicators. Change those, then run it again.

-- name: contacts by month
SELECT
  `t0`.`month`,
  `t0`.`is_year_only`,
  `t0`.`site_id`,
  SUM(`t0`.`people`) AS `contacts.all`,
  SUM(CAST(`t0`.`people` IS NULL AS BIGINT)) AS `contacts.uncounted`,
  SUM(
    CAST((
      `t0`.`people` IS NOT NULL
    ) AND (
      `t0`.`person` IS NOT NULL
    ) AS BIGINT)
  ) AS `contacts.with_code`,
  SUM(`t0`.`people` - IF(`t0`.`person` IS NULL, 0, 1)) AS `contacts.without_code`,
  SUM(`t0`.`reached`) AS `people.reached`,
  SUM(IF(`t0`.`reached` IS NOT NULL, `t0`.`people`, NULL)) AS `contacts.asked_reached`,
  SUM(IF(`t0`.`reached` IS NULL, `t0`.`people`, NULL)) AS `contacts.not_asked_reached`
FROM `contacts` AS `t0`
GROUP BY
  1,
  2,
  3

-- name: contacts by services
SELECT
  `t0`.`month`,
  `t0`.`is_year_only`,
  `t0`.`site_id`,
  `t0`.`services`,
  SUM(`t0`.`people`) AS `contacts.by_service`
FROM `contacts` AS `t0`
GROUP BY
  1,
  2,
  3,
  4

-- name: supplies_given by item_id
SELECT
  `t0`.`month`,
  `t0`.`is_year_only`,
  `t0`.`site_id`,
  `t0`.`item_id`,
  SUM(`t0`.`quantity`) AS `distribution.items_given`,
  SUM(`t0`.`barrels`) AS `distribution.syringes_given`
FROM `supplies_given` AS `t0`
GROUP BY
  1,
  2,
  3,
  4

-- name: syringes_back by month
SELECT
  `t0`.`month`,
  `t0`.`is_year_only`,
  `t0`.`site_id`,
  SUM(IF(`t0`.`estimated` = 0, `t0`.`quantity`, NULL)) AS `syringes.returned_counted`,
  SUM(IF(`t0`.`estimated` = 1, `t0`.`quantity`, NULL)) AS `syringes.returned_estimated`
FROM `syringes_back` AS `t0`
GROUP BY
  1,
  2,
  3

-- name: needs_told by month
SELECT
  `t0`.`month`,
  `t0`.`is_year_only`,
  `t0`.`site_id`,
  COUNT(*) AS `syringes.needs_told`
FROM `needs_told` AS `t0`
GROUP BY
  1,
  2,
  3

-- name: naloxone_kits by item_id
SELECT
  `t0`.`month`,
  `t0`.`is_year_only`,
  `t0`.`site_id`,
  `t0`.`item_id`,
  SUM(IF(`t0`.`is_naloxone` = 1, `t0`.`quantity`, NULL)) AS `naloxone.units_given`,
  SUM(`t0`.`quantity`) AS `naloxone.items_given`,
  SUM(`t0`.`doses`) AS `naloxone.doses_given`,
  SUM(
    IF((
      `t0`.`is_naloxone` = 1
    ) AND (
      `t0`.`doses` = 0
    ), `t0`.`quantity`, NULL)
  ) AS `naloxone.units_without_doses`
FROM `naloxone_kits` AS `t0`
GROUP BY
  1,
  2,
  3,
  4

-- name: trainings by month
SELECT
  `t0`.`month`,
  `t0`.`is_year_only`,
  `t0`.`site_id`,
  SUM(`t0`.`people`) AS `naloxone.people_trained`
FROM `trainings` AS `t0`
GROUP BY
  1,
  2,
  3

-- name: reversals by survived
SELECT
  `t0`.`month`,
  `t0`.`is_year_only`,
  `t0`.`site_id`,
  `t0`.`survived`,
  COUNT(*) AS `naloxone.reversals`
FROM `reversals` AS `t0`
GROUP BY
  1,
  2,
  3,
  4

-- name: room_visits by month
SELECT
  `t0`.`month`,
  `t0`.`is_year_only`,
  `t0`.`site_id`,
  COUNT(*) AS `consumption_room.visits`
FROM `room_visits` AS `t0`
GROUP BY
  1,
  2,
  3

-- name: room_visits by substances
SELECT
  `t0`.`month`,
  `t0`.`is_year_only`,
  `t0`.`site_id`,
  `t0`.`substances`,
  COUNT(*) AS `consumption_room.visits_by_substance`
FROM `room_visits` AS `t0`
GROUP BY
  1,
  2,
  3,
  4

-- name: room_visits by route
SELECT
  `t0`.`month`,
  `t0`.`is_year_only`,
  `t0`.`site_id`,
  `t0`.`route`,
  SUM(`t0`.`uses`) AS `consumption_room.uses`
FROM `room_visits` AS `t0`
GROUP BY
  1,
  2,
  3,
  4

-- name: room_emergencies by type
SELECT
  `t0`.`month`,
  `t0`.`is_year_only`,
  `t0`.`site_id`,
  `t0`.`type`,
  COUNT(*) AS `consumption_room.emergencies`
FROM `room_emergencies` AS `t0`
GROUP BY
  1,
  2,
  3,
  4

-- name: room_emergencies by month
SELECT
  `t0`.`month`,
  `t0`.`is_year_only`,
  `t0`.`site_id`,
  SUM(CAST(`t0`.`naloxone_doses` > 0 AS BIGINT)) AS `consumption_room.naloxone_emergencies`,
  SUM(CAST(`t0`.`response` = 'oxygen' AS BIGINT)) AS `consumption_room.oxygen_only`,
  SUM(`t0`.`naloxone_doses`) AS `consumption_room.naloxone_doses`,
  SUM(CAST(`t0`.`ambulance` <> 'none' AS BIGINT)) AS `consumption_room.ambulance_calls`,
  SUM(CAST(`t0`.`outcome` = 'died' AS BIGINT)) AS `consumption_room.deaths`
FROM `room_emergencies` AS `t0`
GROUP BY
  1,
  2,
  3

-- name: room_emergencies by response
SELECT
  `t0`.`month`,
  `t0`.`is_year_only`,
  `t0`.`site_id`,
  `t0`.`response`,
  COUNT(*) AS `consumption_room.emergencies_by_response`
FROM `room_emergencies` AS `t0`
GROUP BY
  1,
  2,
  3,
  4

-- name: people.all
SELECT
  COUNT(DISTINCT `t1`.`person`) AS `people`
FROM (
  SELECT
    *
  FROM `contacts` AS `t0`
  WHERE
    `t0`.`person` IS NOT NULL
) AS `t1`

-- name: people.all by month
SELECT
  `t1`.`month`,
  `t1`.`is_year_only`,
  COUNT(DISTINCT `t1`.`person`) AS `people`
FROM (
  SELECT
    *
  FROM `contacts` AS `t0`
  WHERE
    `t0`.`person` IS NOT NULL
) AS `t1`
GROUP BY
  1,
  2

-- name: people.all by site
SELECT
  `t1`.`site_id`,
  COUNT(DISTINCT `t1`.`person`) AS `people`
FROM (
  SELECT
    *
  FROM `contacts` AS `t0`
  WHERE
    `t0`.`person` IS NOT NULL
) AS `t1`
GROUP BY
  1

-- name: people.all by month and site
SELECT
  `t1`.`month`,
  `t1`.`is_year_only`,
  `t1`.`site_id`,
  COUNT(DISTINCT `t1`.`person`) AS `people`
FROM (
  SELECT
    *
  FROM `contacts` AS `t0`
  WHERE
    `t0`.`person` IS NOT NULL
) AS `t1`
GROUP BY
  1,
  2,
  3

-- name: people.all seen
SELECT DISTINCT
  `t0`.`month`,
  `t0`.`is_year_only`,
  `t0`.`site_id`,
  `t0`.`person`
FROM `contacts` AS `t0`
WHERE
  `t0`.`person` IS NOT NULL

-- name: distribution.people_given_syringes
SELECT
  COUNT(DISTINCT `t1`.`person`) AS `people`
FROM (
  SELECT
    *
  FROM `supplies_given` AS `t0`
  WHERE
    `t0`.`barrels` > 0 AND `t0`.`person` IS NOT NULL
) AS `t1`

-- name: distribution.people_given_syringes by month
SELECT
  `t1`.`month`,
  `t1`.`is_year_only`,
  COUNT(DISTINCT `t1`.`person`) AS `people`
FROM (
  SELECT
    *
  FROM `supplies_given` AS `t0`
  WHERE
    `t0`.`barrels` > 0 AND `t0`.`person` IS NOT NULL
) AS `t1`
GROUP BY
  1,
  2

-- name: distribution.people_given_syringes by site
SELECT
  `t1`.`site_id`,
  COUNT(DISTINCT `t1`.`person`) AS `people`
FROM (
  SELECT
    *
  FROM `supplies_given` AS `t0`
  WHERE
    `t0`.`barrels` > 0 AND `t0`.`person` IS NOT NULL
) AS `t1`
GROUP BY
  1

-- name: distribution.people_given_syringes by month and site
SELECT
  `t1`.`month`,
  `t1`.`is_year_only`,
  `t1`.`site_id`,
  COUNT(DISTINCT `t1`.`person`) AS `people`
FROM (
  SELECT
    *
  FROM `supplies_given` AS `t0`
  WHERE
    `t0`.`barrels` > 0 AND `t0`.`person` IS NOT NULL
) AS `t1`
GROUP BY
  1,
  2,
  3

-- name: distribution.people_given_syringes seen
SELECT DISTINCT
  `t0`.`month`,
  `t0`.`is_year_only`,
  `t0`.`site_id`,
  `t0`.`person`
FROM `supplies_given` AS `t0`
WHERE
  `t0`.`barrels` > 0 AND `t0`.`person` IS NOT NULL

-- name: consumption_room.people
SELECT
  COUNT(DISTINCT `t1`.`person`) AS `people`
FROM (
  SELECT
    *
  FROM `room_visits` AS `t0`
  WHERE
    `t0`.`person` IS NOT NULL
) AS `t1`

-- name: consumption_room.people by month
SELECT
  `t1`.`month`,
  `t1`.`is_year_only`,
  COUNT(DISTINCT `t1`.`person`) AS `people`
FROM (
  SELECT
    *
  FROM `room_visits` AS `t0`
  WHERE
    `t0`.`person` IS NOT NULL
) AS `t1`
GROUP BY
  1,
  2

-- name: consumption_room.people by site
SELECT
  `t1`.`site_id`,
  COUNT(DISTINCT `t1`.`person`) AS `people`
FROM (
  SELECT
    *
  FROM `room_visits` AS `t0`
  WHERE
    `t0`.`person` IS NOT NULL
) AS `t1`
GROUP BY
  1

-- name: consumption_room.people by month and site
SELECT
  `t1`.`month`,
  `t1`.`is_year_only`,
  `t1`.`site_id`,
  COUNT(DISTINCT `t1`.`person`) AS `people`
FROM (
  SELECT
    *
  FROM `room_visits` AS `t0`
  WHERE
    `t0`.`person` IS NOT NULL
) AS `t1`
GROUP BY
  1,
  2,
  3

-- name: consumption_room.people seen
SELECT DISTINCT
  `t0`.`month`,
  `t0`.`is_year_only`,
  `t0`.`site_id`,
  `t0`.`person`
FROM `room_visits` AS `t0`
WHERE
  `t0`.`person` IS NOT NULL
