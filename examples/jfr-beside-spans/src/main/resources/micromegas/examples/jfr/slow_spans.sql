SELECT slow.name, slow.duration / 1e6 AS milliseconds, pause.thread_name AS stream, pause.name AS pause, pause.duration / 1e6 AS paused
FROM process_spans('PROCESS', 'thread') AS slow
JOIN process_spans('PROCESS', 'thread') AS pause
  ON pause.begin < slow."end" AND pause."end" > slow.begin
 AND (pause.thread_name IN ('jvm-gc-0', 'jvm-safepoint-0') OR replace(pause.thread_name, ' (jvm)', '') = slow.thread_name)
WHERE slow.duration > 100e6 AND slow.depth > 0 AND slow.target NOT LIKE 'jvm%' AND pause.depth = 1 AND pause.target = 'jvm'
ORDER BY paused DESC
