// SPDX-License-Identifier: MIT
// The page of a run, or of several: how many I/Os, how long they took, was it steady, what it cost.
(function () {
	const { kit } = ringside;
	const { format } = kit;
	const MAPS_OPEN = 3;
	const WARNINGS_OPEN = 3;
	const SPLIT_LEAST_NS = 1e8; // of CPU time that user and system are told of: as the text output's

	const states = {
		steady: ["✓ steady", "good"], drifting: ["↗ drifting", "bad"], bimodal: ["⇅ two levels", "bad"],
		"too-short": ["too short to tell", "dim"],
	};

	// As the text output has it: of less than 10 % two digits, of more all.
	function driftText(state) {
		const places = Math.abs(state.drift_per_minute) < 0.1 ? 1 : 0;
		const share = `${state.drift_per_minute < 0 ? "−" : "+"}${Math.abs(state.drift_per_minute * 100).toFixed(places)} % a minute`;

		return state.drift_error === null || state.drift_error === undefined ? share
			: `${share} (within ${(state.drift_error * 100).toFixed(places)} %)`;
	}

	function stateText(state) {
		if (!state)
			return null;
		if (state.class === "drifting" && state.drift_per_minute !== null)
			return driftText(state);
		if (state.class === "bimodal" && state.levels)
			return `${format.percent(state.levels.low_share)} of the time at the lower`;
		if (state.class === "too-short" && state.measured_s < state.least_s)
			return `${format.seconds(state.measured_s)} of ${format.seconds(state.least_s)}`;
		return null;
	}

	function stateCell(entry) {
		const state = entry.job.state;
		const [text, mark] = state && states[state.class] || ["–", "dim"];
		const more = stateText(state);

		return kit.el("span", { class: mark }, text, more && kit.el("span", { class: "unit" }, ` ${more}`));
	}

	// "randread 4k, depth 16, io_uring, direct, 2 jobs"
	function workload(job) {
		const { options } = job;
		const words = [`${options.rw || ""} ${options.bs || ""}`.trim(), options.iodepth && `depth ${options.iodepth}`,
			job.engine.name, options.direct && (options.direct === "1" ? "direct" : "buffered"), job.numjobs > 1 && `${job.numjobs} jobs`];

		return words.filter(Boolean).join(", ");
	}

	function targetText(target) {
		const facts = [target.kind, target.bytes !== null && format.bytes(target.bytes), target.file_system,
			target.device && `on ${target.device}`];

		return `${target.path} (${facts.filter(Boolean).join(", ")})`;
	}

	// From the first start to the last end.
	const spanOf = (jobs) => (d3.max(jobs, (job) => job.started_ns + job.elapsed_ns) - d3.min(jobs, (job) => job.started_ns)) || 0;

	function targetsText(targets, limit) {
		const texts = [...new Set(targets.map(targetText))];

		return texts.slice(0, limit).join("; ") + (texts.length > limit ? ` and ${texts.length - limit} more` : "");
	}

	// The sentence on top: when, where, how long, on what.
	function lead(root, doc) {
		const { json } = doc;
		const hard = json.environment ? json.environment.hard || {} : {};
		const soft = json.environment ? json.environment.soft || {} : {};
		const end = spanOf(json.jobs);
		const shown = targetsText(json.jobs.flatMap((job) => job.targets), 3);
		const machine = [hard.cpu_model, soft.kernel_release && `Linux ${soft.kernel_release}`].filter(Boolean).join(", ");

		root.append(kit.el("p", { class: "lead" }, json.jobs.length === 1
			? [json.jobs[0].name, workload(json.jobs[0])].filter(Boolean).join(": ")
			: `${json.jobs.length} jobs`, `, ${format.time(end)}${shown ? ` on ${shown}` : ""}.`,
		json.started && [kit.el("br"), kit.el("span", { class: "note" },
			`Started ${String(json.started).replace("T", " ").replace(/\.\d+Z$/, " UTC")}${machine ? ` on ${machine}` : ""}, ${
				json.tool ? `${json.tool.name === undefined ? "ringside " : json.tool.name}${json.tool.version}` : "ringside"}.`)]));
		for (const job of json.jobs.filter((one) => one.error))
			root.append(kit.el("p", { class: "warning bad" }, `${job.name} failed: ${job.error.message || job.error.name}`));
		if (json.signal)
			root.append(kit.el("p", { class: "warning" }, `A signal (${json.signal}) ended this run before its time.`));
	}

	const tile = (name, value, note, mark) => kit.el("div", { class: "tile" }, kit.el("div", { class: "name" }, name),
		kit.el("div", { class: `value ${mark || ""}` }, value), kit.el("div", { class: "unit" }, note));

	// Rates, and the highest percentile that has its samples, of each direction: figures are {iops, bytes_per_second, lat}.
	function rateTiles(figures, suffixOf) {
		return figures.map(function (one) {
			const percent = [99, 95, 90, 50].find((level) => kit.latency.supported(one.lat, level) !== null);
			const half = kit.latency.supported(one.lat, 50);
			const name = percent ? `Latency, p${percent}` : "Latency, max";

			return [tile(`IOPS${suffixOf(one)}`, format.iops(one.iops), format.rate(one.bytes_per_second)),
				tile(`${name}${suffixOf(one)}`, format.time(percent ? kit.latency.supported(one.lat, percent) : one.lat.max),
					`${half === null ? "" : `half within ${format.time(half)}, `}all within ${format.time(one.lat.max)}`)];
		});
	}

	// All jobs of a run together, where they ran at one time: what came back by the time that it took.
	function totals(root, entries) {
		const jobs = [...new Set(entries.map((entry) => entry.job))];
		const span = spanOf(jobs);
		const overlap = d3.min(jobs, (job) => job.started_ns + job.elapsed_ns) - d3.max(jobs, (job) => job.started_ns);

		// fio does not say when a job began.
		if (new Set(entries.map((entry) => entry.doc)).size > 1 || entries.some((entry) => entry.lat.isAsTold)
			|| !(overlap > span * 0.9))
			return;
		const figures = kit.result.directions.slice(0, 3).map(function (direction) {
			const some = entries.filter((entry) => entry.direction === direction && entry.figures.ios > 0);

			return { direction, count: some.length, iops: d3.sum(some, (entry) => entry.figures.ios) / (span / 1e9),
				bytes_per_second: d3.sum(some, (entry) => entry.figures.bytes) / (span / 1e9), lat: kit.latency.merged(some.map((entry) => entry.lat)) };
		}).filter((one) => one.count > 0);
		const steady = jobs.filter((job) => job.state && job.state.class === "steady").length;
		const unsteady = jobs.filter((job) => job.state && ["drifting", "bimodal"].includes(job.state.class)).length;
		const ios = d3.sum(entries, (entry) => entry.direction === "sync" ? 0 : entry.figures.ios);
		const cpu = jobs.every((job) => job.cpu && job.cpu.total_ns_per_io !== null) ? d3.sum(jobs, (job) => job.cpu.total_ns) : null;

		root.append(kit.el("div", { class: "tiles", role: "group", "aria-label": "All jobs together" },
			rateTiles(figures, (one) => `, ${figures.length > 1 ? `${one.direction}, ` : ""}all jobs`),
			tile("Steady?", unsteady > 0 ? `${unsteady} not` : steady === jobs.length ? "✓ steady" : "too short",
				`${steady} of ${jobs.length} jobs are steady`, unsteady > 0 ? "bad" : steady === jobs.length ? "good" : "dim"),
			cpu !== null && ios > 0 && tile("CPU per I/O", format.time(cpu / ios), `${format.number(cpu / span)} cores, all jobs`)));
	}

	// One job: its figures at once.
	function tiles(root, entries) {
		const { job } = entries[0];
		const perIo = job.cpu && job.cpu.total_ns_per_io;
		const data = entries.filter((entry) => entry.direction !== "sync");
		const state = job.state;
		const [word, mark] = state && states[state.class] || ["–", "dim"];

		root.append(kit.el("div", { class: "tiles" },
			rateTiles(data.map((entry) => Object.assign({ direction: entry.direction, lat: entry.lat }, {
				iops: entry.figures.iops, bytes_per_second: entry.figures.bytes_per_second })),
			(one) => data.length > 1 ? `, ${one.direction}` : ""),
			tile("Steady?", word.replace(" to tell", ""), stateText(state) || (state ? "" : "this run does not show it"), mark),
			job.verify && tile("Verified", job.verify.wrong > 0 ? `${format.count(job.verify.wrong)} wrong` : "✓ 0 wrong",
				`of ${format.count(job.verify.blocks)} blocks`, job.verify.wrong > 0 ? "bad" : job.verify.blocks > 0 ? "good" : "dim"),
			tile("CPU per I/O", format.time(perIo), job.cpu && job.cpu.cores !== null
				? `${format.number(job.cpu.cores)} cores, ${format.iops(job.cpu.iops_per_core)} IOPS a core` : "")));
	}

	function summary(root, entries) {
		const firstOf = (entry, value) => entry.isFirst ? value : null;
		const hasSeries = entries.some((entry) => kit.result.series(entry).length > 1);

		entries.forEach((entry, index) => { entry.isFirst = index === 0 || entries[index - 1].job !== entry.job; });
		const at = (path) => (entry) => `${entry.path}.${path}`;
		const ofJob = (path) => (entry) => entry.isFirst ? `${entry.path.replace(/\.\w+$/, "")}.${path}` : null;
		// By the document where it has this percentile, which percentile_list decides.
		const percentile = (percent) => ({ name: `p${percent}`, format: format.time,
			path: (entry) => Number.isInteger(percent) && entry.lat.percentiles && percent in entry.lat.percentiles
				&& kit.latency.supported(entry.lat, percent) !== null
				? at(`lat_ns.percentiles.${percent}`)(entry) : null,
			value: (entry) => kit.latency.supported(entry.lat, percent) });
		const columns = [
			{ name: "Job", text: true, value: (entry) => entry.name },
			{ name: "Workload", text: true, value: (entry) => firstOf(entry, workload(entry.job)), format: (value) => value || "" },
			{ name: "IOPS", path: at("iops"), value: (entry) => entry.figures.iops, format: format.iops },
			{ name: "Bandwidth", path: at("bytes_per_second"), value: (entry) => entry.figures.bytes_per_second, format: format.rate },
			percentile(50),
			percentile(99),
			percentile(99.9),
			{ name: "max", path: at("lat_ns.max"), value: (entry) => entry.lat.max, format: format.time },
			hasSeries && { name: "IOPS over time", text: true, value(entry) {
				const points = kit.result.points(entry, "iops");

				return points.some((point) => Number.isFinite(point[2])) && points.length > 1 ? kit.result.sparkline(points, entry.style, `IOPS of ${entry.name} over time`) : null;
			} },
			{ name: "Steady?", text: true, value: (entry) => entry.isFirst ? stateCell(entry) : null, format: (value) => value || "" },
			{ name: "CPU/IO", path: ofJob("cpu.total_ns_per_io"), value: (entry) => firstOf(entry, entry.job.cpu && entry.job.cpu.total_ns_per_io),
				format: (value) => value === null ? "" : format.time(value) },
			{ name: "Cores", path: ofJob("cpu.cores"), value: (entry) => firstOf(entry, entry.job.cpu && entry.job.cpu.cores),
				format: (value) => value === null ? "" : format.number(value) },
		].filter(Boolean);
		const errors = entries.filter((entry) => Object.keys(entry.figures.errors || {}).length > 0);

		root.append(kit.table(columns, entries, "Jobs, a row for each direction"));
		paced(root, entries);
		if (errors.length > 0)
			root.append(kit.el("p", { class: "warning bad" }, `I/O errors: ${errors.map((entry) => `${entry.name} ${
				Object.entries(entry.figures.errors).map(([name, count]) => `${count} × ${name}`).join(", ")}`).join("; ")}`));
	}

	// Of I/Os that were due at a time, latency is the wait for being sent, and the service after it.
	function paced(root, entries) {
		const parts = [["lag", "lag_ns"], ["service", "service_ns"]];
		const rows = entries.filter((entry) => entry.figures.pace && entry.figures.pace.lag_ns && entry.figures.pace.lag_ns.count > 0)
			.flatMap((entry) => parts.filter(([, key]) => entry.figures.pace[key])
				.map(([part, key]) => ({ name: `${entry.name} ${part}`, document: entry.document, lat: entry.figures.pace[key] })));
		const column = (percent) => ({ name: `p${percent}`, format: format.time,
			value: (row) => kit.latency.supported(row.lat, percent) });

		if (rows.length > 0)
			root.append(kit.el("p", { class: "note" }, "Latency is from when an I/O was due: the lag until it was sent, and its service from then on."),
				kit.table([{ name: "Part", text: true, value: (row) => row.name },
					{ name: "mean", format: format.time, value: (row) => row.lat.mean }, column(50), column(99), column(99.9),
					{ name: "max", format: format.time, value: (row) => row.lat.max }], rows, "Latency in its parts"));
	}

	// The longest time without a completion, where it is worth a mark: ten intervals' p99 and more.
	function gapMarks(entries) {
		const jobs = [...new Set(entries.map((entry) => entry.job))];

		return jobs.map(function (job) {
			const series = job.series || job.series_columns;
			const gap = series && series.longest_gap;

			return gap && gap.duration_ns >= 1e9 && {
				from: (job.started_ns + gap.start_ns) / 1e9, to: (job.started_ns + gap.start_ns + gap.duration_ns) / 1e9,
				text: `${kit.shorten(job.name, 20)}: nothing for ${format.time(gap.duration_ns)}` };
		}).filter(Boolean);
	}

	function timePlots(root, entries, shown, group) {
		const marks = gapMarks(entries);
		const kinds = [
			["IOPS over time", "iops", "IOPS", format.iops, 250],
			["Bandwidth over time", "rate", "bandwidth", format.rate, 170],
			["Latency over time: p50", "p50", "half took no longer", format.time, 170],
			["Latency over time: p99", "p99", "99 % took no longer", format.time, 200],
			["Latency over time: max", "max", "the slowest", format.time, 170],
			// Logs of averages have nothing else; where there are percentiles they say more.
			entries.some((entry) => kit.result.isOfMeans(entry))
				&& ["Latency over time: mean", "mean", "on average", format.time, 200],
		].filter((kind) => kind && entries.some((entry) => kit.result.points(entry, kind[1])
			.some((point) => Number.isFinite(point[2]))));

		kit.timeButtons(root, group);
		for (const [title, name, label, shape, height] of kinds) {
			const figure = kit.figure(root, { title, height });
			const lines = entries.map((entry) => ({ key: entry.key, name: entry.name, style: entry.style,
				points: kit.result.points(entry, name) }));
			const values = lines.flatMap((line) => line.points.map((point) => point[2])).filter((value) => value > 0);
			const isLog = name !== "iops" && name !== "rate" && d3.max(values) > 8 * d3.min(values);

			group.plot(figure, { ticks: name === "rate" ? kit.byteTicks : undefined, label: isLog ? `${label} (logarithmic)` : label, format: shape, lines, shown, isLog, marks });
			figure.table([{ name: "From", unit: "s", format: format.number, value: (row) => row[0] },
				{ name: "To", unit: "s", format: format.number, value: (row) => row[1] },
				...entries.map((entry, index) => ({ name: entry.name, unit: isLog || name[0] === "p" || name[0] === "m" ? "ns" : "",
					format: (value) => value === null || Number.isNaN(value) ? "–" : String(Math.round(value)),
					value: (row) => row[2 + index] }))],
			() => rowsByTime(lines));
		}
	}

	// Lines as rows; jobs whose intervals differ have rows of their own.
	function rowsByTime(lines) {
		const rows = new Map();

		lines.forEach((line, index) => line.points.forEach(function ([from, to, value]) {
			const key = `${from.toFixed(3)} ${to.toFixed(3)}`;

			if (!rows.has(key))
				rows.set(key, [from, to, ...lines.map(() => null)]);
			rows.get(key)[2 + index] = value;
		}));
		return [...rows.values()].sort((a, b) => a[0] - b[0]);
	}

	function maps(root, entries, group) {
		const some = entries.filter((entry) => kit.result.series(entry).length > 1
			&& kit.result.map(entry).columns.some((column) => column[2].length > 0));

		if (some.length === 0)
			return;
		const section = kit.section(root, "Latency by time",
			"Each column is a stretch of time, each row a quarter of an octave of latency; the stronger the colour, the more I/Os.");
		const draw = (host, entry) => kit.latency.map(host, Object.assign({ title: `Latency by time: ${entry.name}`, group },
			kit.result.map(entry)));

		some.slice(0, MAPS_OPEN).forEach((entry) => draw(section, entry));
		for (const entry of some.slice(MAPS_OPEN)) {
			const details = kit.details(section, entry.name, () => { draw(details, entry); });
		}
	}

	function costs(root, entries) {
		const jobs = entries.filter((entry) => entry.isFirst && entry.job.cpu && entry.job.cpu.total_ns_per_io !== null);

		if (jobs.length === 0)
			return;
		const section = kit.section(root, "What an I/O costs",
			"CPU time per I/O: of the job's own threads in user and system mode, and of the kernel's helpers (io_uring's workers and pollers).");
		// What the kernel counts by its ticks, or is less what waiting awake took, does not tell one from the other.
		const isSplit = ({ cpu }) => cpu.user_ns + cpu.system_ns >= SPLIT_LEAST_NS && !(cpu.pacing_ns > 0);
		const parts = ["user", "system", "user and system together", "helpers"];
		const name = (entry) => entry.label;
		const own = ({ cpu }) => cpu.user_ns_per_io + cpu.system_ns_per_io;
		const figure = kit.bars(section, { title: "CPU time per I/O", parts, label: "CPU time per I/O", format: format.time,
			rows: jobs.map(({ job, label }) => ({ name: label, parts: [isSplit(job) ? job.cpu.user_ns_per_io : 0,
				isSplit(job) ? job.cpu.system_ns_per_io : 0, isSplit(job) ? 0 : own(job), job.cpu.helper_ns_per_io] })) });

		const figureOf = (title, unit, path, shape) => ({ name: title, unit, format: shape,
			path: (entry) => `${entry.path.replace(/\.\w+$/, "")}.${path}`,
			value: (entry) => path.split(".").reduce((value, key) => value ? value[key] : null, entry.job) });

		const ofSplit = (title, path) => {
			const column = figureOf(title, "ns/IO", path, format.number);

			return Object.assign({}, column, { path: (entry) => isSplit(entry.job) ? column.path(entry) : null,
				value: (entry) => isSplit(entry.job) ? column.value(entry) : null });
		};

		figure.table([{ name: "Job", text: true, value: name },
			ofSplit("user", "cpu.user_ns_per_io"), ofSplit("system", "cpu.system_ns_per_io"),
			{ name: "both", unit: "ns/IO", format: format.number, value: (entry) => own(entry.job) },
			figureOf("helpers", "ns/IO", "cpu.helper_ns_per_io", format.number),
			figureOf("Cores", "", "cpu.cores", format.number),
			figureOf("IOPS/core", "", "cpu.iops_per_core", format.iops),
			figureOf("System calls", "/IO", "syscalls_per_io", format.number),
			figureOf("Context switches", "/IO", "context_switches_per_io", format.number),
			figureOf("Instructions", "/IO", "cpu_counters.instructions_per_io", format.number)], jobs);
	}

	function warnings(root, docs) {
		const all = docs.flatMap((doc) => (doc.json.warnings || []).map((warning) => ({ doc, warning })));

		if (all.length === 0)
			return;
		const section = kit.section(root, "Warnings");
		const said = ({ doc, warning }) => kit.el("p", { class: "warning" }, docs.length > 1 ? `${doc.name}: ` : "",
			warning.job ? `${warning.job}: ` : "", warning.message);

		// What percentiles rest on comes last: it is about the tail, not about the run.
		all.sort((a, b) => (a.warning.code === "few-samples") - (b.warning.code === "few-samples"));
		section.append(...all.slice(0, WARNINGS_OPEN).map(said));
		if (all.length > WARNINGS_OPEN)
			kit.details(section, `${all.length - WARNINGS_OPEN} more`, () => kit.el("div", null,
				all.slice(WARNINGS_OPEN).map(said)));
	}

	// Members that a job has only where it asked for them.
	const goals = [["verify", "What verification found"], ["steadystate", "Steady state (steadystate)"],
		["latency_target", "Latency goal (latency_target)"], ["replay", "Replay"], ["unreturned", "I/Os that never returned"]];

	function goalParts(root, doc, index, name) {
		const job = doc.json.jobs[index];

		for (const [member, title] of goals) {
			if (job[member])
				kit.details(root, `${title}: ${name}`, () => kit.facts(job[member], title,
					`jobs.${index}.${member}`, doc.index), true);
		}
	}

	// A job file of all options as they were in effect.
	function jobText(job) {
		const lines = Object.entries(job.options).filter(([key, value]) => key !== "name" && value !== null)
			.map(([key, value]) => `${key}=${value}`);

		return kit.el("pre", { tabindex: "0" }, [`[${job.name}]`, ...lines].join("\n"));
	}

	function proof(root, docs) {
		const section = kit.section(root, "How it was run",
			"What each engine did in effect, with the counts that prove it, and the job with all of its options.");

		for (const doc of docs) {
			for (const [index, job] of doc.json.jobs.entries()) {
				const name = docs.length > 1 ? `${doc.name}: ${job.name}` : job.name;

				section.append(kit.el("h4", null, name), kit.el("p", { class: "note" }, job.description || ""),
					job.targets.length === 0 ? "" : kit.el("p", null, `${workload(job)}; ${targetsText(job.targets, 10)}.`, job.depth
						&& ` Depth ${format.number(job.depth.mean || null)} on average of ${job.depth.asked} asked.`));
				for (const refused of job.engine.refused)
					section.append(kit.el("p", { class: "warning" }, `Refused: ${refused.setting}=${refused.value || ""}: ${refused.reason || ""}`));
				if (Object.keys(job.engine.effective).length > 0)
					kit.details(section, `Settings in effect and their proof: ${name}`, () => kit.facts(
					{ [job.engine.name]: job.engine.effective, proof: job.engine.proof }, `${name}, ${job.engine.name}`));
				if (Object.keys(job.options).length > 0)
					kit.details(section, `Job file with all options: ${name}`, () => jobText(job));
				goalParts(section, doc, index, name);
			}
		}
	}

	function again(root, docs) {
		if (docs.every((doc) => !doc.json.command))
			return;
		const section = kit.section(root, "Again");

		for (const doc of docs.filter((one) => one.json.command)) {
			if (doc.json.command && doc.json.command.length > 0)
				section.append(kit.command(kit.commandLine(doc.json.command)));
			kit.details(section, `Environment${docs.length > 1 ? `: ${doc.name}` : ""}`,
				() => kit.facts(doc.json.environment, "Facts of the machine", "environment", doc.index));
			if ((doc.json.disks || []).length > 0)
				kit.details(section, `Disks${docs.length > 1 ? `: ${doc.name}` : ""}`,
					() => kit.table(Object.keys(doc.json.disks[0]).map((key, index) => ({ name: key.replaceAll("_", " "),
						text: index === 0, value: (disk) => disk[key], format: format.exact })), doc.json.disks, "While the run went on"));
		}
	}

	function drawAll(root, docs) {
		const entries = kit.result.entries(docs);
		const timed = entries.filter((entry) => kit.result.series(entry).length > 1);
		const redraws = [];

		docs.forEach((doc) => lead(root, doc));
		if (new Set(entries.map((entry) => entry.job)).size === 1)
			tiles(root, entries);
		else if (entries.length > 0)
			totals(root, entries);
		if (entries.length > 0)
			summary(root, entries);
		if (docs.some((doc) => !doc.json.isOfLogs && doc.json.jobs.some((job) => job.series_columns)))
			root.append(kit.el("p", { class: "note" }, "This was a long run: the page has percentiles and extremes of each interval, " +
				"but not its histogram, which is in the file that --json writes."));
		warnings(root, docs);
		// What a single line is, its title says.
		const shown = kit.legend(entries.length > 1 ? root : kit.el("div"), entries, () => redraws.forEach((redraw) => redraw()));

		if (timed.length > 0) {
			const group = kit.timeGroup(d3.max(timed, (entry) => entry.series[entry.series.length - 1].to));

			redraws.push(group.redraw);
			timePlots(kit.section(root, "Over time"), timed, shown, group);
			maps(root, timed, group);
		}
		if (entries.some((entry) => kit.latency.steps(entry.lat).length > 0))
			redraws.push(kit.latency.plots(kit.section(root, "Latency distribution"), entries, shown));
		costs(root, entries);
		proof(root, docs);
		again(root, docs);
	}

	ringside.page("ringside-result", (root, doc) => drawAll(root, [doc]), drawAll);
})();
