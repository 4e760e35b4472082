// SPDX-License-Identifier: MIT
// What fio wrote, as the results that the page of runs draws: its JSON, and logs as fio_log_show.c
// makes a document of them. What fio does not say stays null.
(function () {
	const directions = ["read", "write", "trim", "sync"];
	const STEP_BITS = 7;

	// The bucket of measure/histogram.h that has this latency.
	function bucketOf(ns) {
		const shift = Math.max(0, Math.floor(Math.log2(Math.max(1, ns))) - STEP_BITS);

		return (shift << STEP_BITS) + Math.floor(ns / 2 ** shift);
	}

	function countsOf(bins) {
		const counts = new Map();

		for (const [ns, count] of Object.entries(bins || {})) {
			if (count > 0)
				counts.set(bucketOf(Number(ns)), (counts.get(bucketOf(Number(ns))) || 0) + count);
		}
		return [...counts].sort((a, b) => a[0] - b[0]);
	}

	function latencyOf(lat) {
		if (!lat || !lat.N)
			return null;
		const counts = countsOf(lat.bins);
		const percentiles = Object.fromEntries(Object.entries(lat.percentile || {})
			.map(([percent, ns]) => [String(Number(percent)), ns]));

		return { isAsTold: true, count: lat.N, min: lat.min, max: lat.max, mean: lat.mean, stddev: lat.stddev, percentiles,
			histogram: counts.length > 0 ? { counts } : null };
	}

	const hasTail = (lat) => lat !== null && (lat.histogram !== null || Object.keys(lat.percentiles).length > 0);

	// fio has percentiles of clat unless lat_percentiles asks for those of lat.
	function directionOf(part, warn) {
		const [lat, clat] = [latencyOf(part.lat_ns), latencyOf(part.clat_ns)];
		const isClat = !hasTail(lat) && hasTail(clat);
		const did = part.total_ios > 0;

		if (isClat)
			warn("clat", "Latency is clat, from submission to completion: fio keeps percentiles of lat with lat_percentiles=1 only.");
		if (did && !(isClat ? clat : lat || {}).histogram)
			warn("bins", "Distributions go through fio's percentiles only: --output-format=json+ has all of them.");
		return { ios: part.total_ios || 0, bytes: part.io_bytes || 0, iops: did ? part.iops : null,
			bytes_per_second: did ? part.bw_bytes : null, errors: {}, lat_ns: (isClat ? clat : lat) || {} };
	}

	// fio counts the threads that submit, not the kernel's: with a polling thread that is not all.
	function cpuOf(job, options, ios) {
		const runtime = (job.job_runtime || 0) * 1e6;
		const [user, system] = [job.usr_cpu / 100 * runtime, job.sys_cpu / 100 * runtime];

		if ("sqthread_poll" in options || "sqthread_poll_cpu" in options || !(ios > 0) || !(user + system > 0))
			return null;
		return { user_ns: user, system_ns: system, total_ns: user + system, user_ns_per_io: user / ios, system_ns_per_io: system / ios, helper_ns_per_io: null,
			total_ns_per_io: (user + system) / ios, cores: (user + system) / runtime,
			iops_per_core: ios / ((user + system) / 1e9) };
	}

	function jobOf(job, shared, warnings) {
		const options = Object.assign({ direct: "0" }, shared, job["job options"]);
		const told = new Set();
		const warn = function (code, message) {
			if (!told.has(code))
				warnings.push({ code, message, job: job.jobname });
			told.add(code);
		};
		const parts = Object.fromEntries(directions.filter((direction) => job[direction])
			.map((direction) => [direction, directionOf(job[direction], warn)]));
		const ios = ["read", "write", "trim"].reduce((sum, direction) => sum + (parts[direction] || { ios: 0 }).ios, 0);
		const elapsed = directions.map((direction) => (job[direction] || {}).runtime || 0);

		return Object.assign({ name: job.jobname, description: job.desc || null, numjobs: 1, options,
			engine: { name: options.ioengine || "psync", effective: {}, refused: [], proof: {} },
			targets: [], started_ns: 0, elapsed_ns: Math.max(...elapsed) * 1e6,
			error: job.error ? { name: `error ${job.error}` } : null, cpu: cpuOf(job, options, ios), state: null }, parts);
	}

	function resultOf(json) {
		const warnings = [];
		const jobs = json.client_stats || json.jobs || [];
		const shared = json["global options"];

		return { tool: { name: "", version: json["fio version"] }, started: json.timestamp
			? new Date(json.timestamp * 1000).toISOString().replace("Z", "000000Z") : null,
		jobs: jobs.filter((job) => job.jobname !== "All clients")
			.map((job) => jobOf(job, Array.isArray(shared) ? {} : shared, warnings)), warnings };
	}

	// Columns that have nothing at all are as if they were not there.
	function columnsOf(columns) {
		const kept = Object.assign({ longest_gap: null, in_flight: [] }, columns);

		for (const direction of directions.filter((one) => kept[one]))
			kept[direction] = Object.fromEntries(Object.entries(kept[direction])
				.filter(([, values]) => values.some((value) => value !== null)));
		return kept;
	}

	function logsOf(json) {
		return { tool: null, started: null, isOfLogs: true,
			warnings: json.jobs.flatMap((job) => job.notes.map((message) => ({ code: "log", message, job: job.name }))),
			jobs: json.jobs.map((job) => Object.assign({}, job, {
				description: `From ${job.logs.join(", ")}.`, numjobs: 1, options: {}, targets: [], started_ns: 0,
				engine: { name: null, effective: {}, refused: [], proof: {} }, error: null, cpu: null, state: null,
				series_columns: job.series_columns && columnsOf(job.series_columns),
			}, Object.fromEntries(directions.filter((direction) => job[direction]).map((direction) => [direction,
				Object.assign({}, job[direction], { errors: {}, lat_ns: job[direction][`${job[direction].latency}_ns`] || {} })])))) };
	}

	ringside.adapters = { fio: resultOf, "ringside-fio-logs": logsOf };
})();
