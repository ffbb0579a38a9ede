-- Holidays and swapped working days, 2020 to 2027.
--
-- Statutory (Bộ luật Lao động 2019, điều 112; for 2020 Bộ luật Lao động 2012, điều 115): 1/1; five days of Tết; 10/3 of the
-- lunar calendar; 30/4; 1/5; 2/9 and, since 2021, one day beside it. A holiday on a weekly day of rest is made up on the next
-- working day (điều 111). Which five days are Tết, and which day beside 2/9, the Prime Minister decides every year.
-- Announced (yearly notices to state and Party offices): those two choices for 2020–2026, and the swapped days: 29/4/2024 for
-- 4/5/2024, 2/5/2025 for 26/4/2025, 2/1/2026 for 10/1/2026, 31/8/2026 for 22/8/2026.
-- 2027 is the statutory minimum, derived from the lunar calendar; the two choices follow the last years whose days fell on the
-- same weekdays (Tết as in 2024, 2/9 as in 2021) and are named "dự kiến" until the notice is out.
-- 24/11 (Ngày Văn hóa Việt Nam) is left out: the Politburo asked for a day off, but no amended điều 112 is at hand.
-- Saturdays and Sundays have no row of their own, since the working hours leave them out, unless they are worked.
-- +goose Up
INSERT INTO special_days (day, working, name) VALUES
  ('2020-01-01', false, 'Tết Dương lịch'),
  ('2020-01-23', false, 'Tết Nguyên đán'),
  ('2020-01-24', false, 'Tết Nguyên đán'),
  ('2020-01-27', false, 'Tết Nguyên đán'),
  ('2020-01-28', false, 'Tết Nguyên đán (nghỉ bù)'),
  ('2020-01-29', false, 'Tết Nguyên đán (nghỉ bù)'),
  ('2020-04-02', false, 'Giỗ Tổ Hùng Vương'),
  ('2020-04-30', false, 'Ngày Chiến thắng'),
  ('2020-05-01', false, 'Ngày Quốc tế lao động'),
  ('2020-09-02', false, 'Quốc khánh'),

  ('2021-01-01', false, 'Tết Dương lịch'),
  ('2021-02-10', false, 'Tết Nguyên đán'),
  ('2021-02-11', false, 'Tết Nguyên đán'),
  ('2021-02-12', false, 'Tết Nguyên đán'),
  ('2021-02-15', false, 'Tết Nguyên đán (nghỉ bù)'),
  ('2021-02-16', false, 'Tết Nguyên đán (nghỉ bù)'),
  ('2021-04-21', false, 'Giỗ Tổ Hùng Vương'),
  ('2021-04-30', false, 'Ngày Chiến thắng'),
  ('2021-05-03', false, 'Ngày Quốc tế lao động (nghỉ bù)'),
  ('2021-09-02', false, 'Quốc khánh'),
  ('2021-09-03', false, 'Quốc khánh'),

  ('2022-01-03', false, 'Tết Dương lịch (nghỉ bù)'),
  ('2022-01-31', false, 'Tết Nguyên đán'),
  ('2022-02-01', false, 'Tết Nguyên đán'),
  ('2022-02-02', false, 'Tết Nguyên đán'),
  ('2022-02-03', false, 'Tết Nguyên đán'),
  ('2022-02-04', false, 'Tết Nguyên đán'),
  ('2022-04-11', false, 'Giỗ Tổ Hùng Vương (nghỉ bù)'),
  ('2022-05-02', false, 'Ngày Chiến thắng (nghỉ bù)'),
  ('2022-05-03', false, 'Ngày Quốc tế lao động (nghỉ bù)'),
  ('2022-09-01', false, 'Quốc khánh'),
  ('2022-09-02', false, 'Quốc khánh'),

  ('2023-01-02', false, 'Tết Dương lịch (nghỉ bù)'),
  ('2023-01-20', false, 'Tết Nguyên đán'),
  ('2023-01-23', false, 'Tết Nguyên đán'),
  ('2023-01-24', false, 'Tết Nguyên đán'),
  ('2023-01-25', false, 'Tết Nguyên đán (nghỉ bù)'),
  ('2023-01-26', false, 'Tết Nguyên đán (nghỉ bù)'),
  ('2023-05-01', false, 'Ngày Quốc tế lao động'),
  ('2023-05-02', false, 'Giỗ Tổ Hùng Vương (nghỉ bù)'),
  ('2023-05-03', false, 'Ngày Chiến thắng (nghỉ bù)'),
  ('2023-09-01', false, 'Quốc khánh'),
  ('2023-09-04', false, 'Quốc khánh (nghỉ bù)'),

  ('2024-01-01', false, 'Tết Dương lịch'),
  ('2024-02-08', false, 'Tết Nguyên đán'),
  ('2024-02-09', false, 'Tết Nguyên đán'),
  ('2024-02-12', false, 'Tết Nguyên đán'),
  ('2024-02-13', false, 'Tết Nguyên đán (nghỉ bù)'),
  ('2024-02-14', false, 'Tết Nguyên đán (nghỉ bù)'),
  ('2024-04-18', false, 'Giỗ Tổ Hùng Vương'),
  ('2024-04-29', false, 'Nghỉ hoán đổi với ngày 04/05/2024'),
  ('2024-04-30', false, 'Ngày Chiến thắng'),
  ('2024-05-01', false, 'Ngày Quốc tế lao động'),
  ('2024-05-04', true, 'Làm bù ngày 29/04/2024'),
  ('2024-09-02', false, 'Quốc khánh'),
  ('2024-09-03', false, 'Quốc khánh'),

  ('2025-01-01', false, 'Tết Dương lịch'),
  ('2025-01-27', false, 'Tết Nguyên đán'),
  ('2025-01-28', false, 'Tết Nguyên đán'),
  ('2025-01-29', false, 'Tết Nguyên đán'),
  ('2025-01-30', false, 'Tết Nguyên đán'),
  ('2025-01-31', false, 'Tết Nguyên đán'),
  ('2025-04-07', false, 'Giỗ Tổ Hùng Vương'),
  ('2025-04-26', true, 'Làm bù ngày 02/05/2025'),
  ('2025-04-30', false, 'Ngày Chiến thắng'),
  ('2025-05-01', false, 'Ngày Quốc tế lao động'),
  ('2025-05-02', false, 'Nghỉ hoán đổi với ngày 26/04/2025'),
  ('2025-09-01', false, 'Quốc khánh'),
  ('2025-09-02', false, 'Quốc khánh'),

  ('2026-01-01', false, 'Tết Dương lịch'),
  ('2026-01-02', false, 'Nghỉ hoán đổi với ngày 10/01/2026'),
  ('2026-01-10', true, 'Làm bù ngày 02/01/2026'),
  ('2026-02-16', false, 'Tết Nguyên đán'),
  ('2026-02-17', false, 'Tết Nguyên đán'),
  ('2026-02-18', false, 'Tết Nguyên đán'),
  ('2026-02-19', false, 'Tết Nguyên đán'),
  ('2026-02-20', false, 'Tết Nguyên đán'),
  ('2026-04-27', false, 'Giỗ Tổ Hùng Vương (nghỉ bù)'),
  ('2026-04-30', false, 'Ngày Chiến thắng'),
  ('2026-05-01', false, 'Ngày Quốc tế lao động'),
  ('2026-08-22', true, 'Làm bù ngày 31/08/2026'),
  ('2026-08-31', false, 'Nghỉ hoán đổi với ngày 22/08/2026'),
  ('2026-09-01', false, 'Quốc khánh'),
  ('2026-09-02', false, 'Quốc khánh'),

  ('2027-01-01', false, 'Tết Dương lịch'),
  ('2027-02-04', false, 'Tết Nguyên đán (dự kiến)'),
  ('2027-02-05', false, 'Tết Nguyên đán'),
  ('2027-02-08', false, 'Tết Nguyên đán'),
  ('2027-02-09', false, 'Tết Nguyên đán (nghỉ bù, dự kiến)'),
  ('2027-02-10', false, 'Tết Nguyên đán (nghỉ bù, dự kiến)'),
  ('2027-04-16', false, 'Giỗ Tổ Hùng Vương'),
  ('2027-04-30', false, 'Ngày Chiến thắng'),
  ('2027-05-03', false, 'Ngày Quốc tế lao động (nghỉ bù)'),
  ('2027-09-02', false, 'Quốc khánh'),
  ('2027-09-03', false, 'Quốc khánh (dự kiến)');

-- +goose Down
DELETE FROM special_days WHERE day BETWEEN '2020-01-01' AND '2027-12-31';
