// SPDX-License-Identifier: MIT
// The page of a history: each gate's level over the checks, and where it changed.
(function () {
	const { kit } = ringside;
	const HEIGHT = 190;

	const formats = { "/s": (value) => `${kit.format.count(value)}/s`, "B/s": kit.format.rate,
		ns: kit.format.time, "": kit.format.number };

	// The sessions of a series, in the metric's unit, with one standard error to each side.
	function sessionsOf(doc, series) {
		const level = (value) => (series.is_logarithm ? Math.exp(value) : value);

		return series.sessions.map(function (index) {
			const line = doc.json.lines[index];
			const value = line.gates[series.name];
			const se = kit.known(value.se) || 0;

			return { line, gate: value, value: level(value.mean), lo: level(value.mean - se),
				hi: level(value.mean + se) };
		});
	}

	// Stretches between changes: {from, to (indexes), level: their mean}.
	function stretches(series, sessions) {
		const ends = [...series.changes.map((change) => change.at), sessions.length];

		return ends.map(function (to, i) {
			const from = i ? ends[i - 1] : 0;
			const part = sessions.slice(from, to).map((session) => (series.is_logarithm
				? Math.log(session.value) : session.value));
			const mean = d3.mean(part);

			return { from, to, level: series.is_logarithm ? Math.exp(mean) : mean };
		});
	}

	const commitOf = (line) => (line.commit ? line.commit.slice(0, 12) : "no commit");

	function putChanges(svg, series, x, box) {
		for (const change of series.changes) {
			const at = (x(change.at) + x(change.at - 1)) / 2;
			const group = svg.append("g").attr("class", change.is_worse ? "change bad" : "change good");

			kit.hint(group, change.text);
			group.append("line").attr("x1", at).attr("x2", at).attr("y1", box.top)
				.attr("y2", box.bottom);
			group.append("text").attr("x", at).attr("y", box.top - 6).attr("text-anchor", "middle")
				.text(change.is_worse ? "▼ worse" : "▲ better");
		}
	}

	function putSession(svg, session, at, y, before) {
		const group = svg.append("g").attr("class", `session ${session.gate.outcome}`);

		kit.hint(group, `${session.line.time}, ${commitOf(session.line)}: ${session.shown}, ${
			session.gate.outcome}${before && before.line.hash_soft !== session.line.hash_soft
				? "; something about the machine changed before it" : ""}`);
		group.append("line").attr("class", "interval thin").attr("x1", at).attr("x2", at)
			.attr("y1", y(session.lo)).attr("y2", y(session.hi)).style("stroke", "var(--s0)");
		if (session.gate.outcome === "regression" || session.gate.outcome === "error")
			group.append("path").attr("class", "dropped").style("stroke", "var(--bad)")
				.attr("transform", `translate(${at},${y(session.value)})`)
				.attr("d", "M-5,-5L5,5M-5,5L5,-5");
		else
			kit.mark(group, 0, at, y(session.value), session.gate.outcome === "inconclusive", 34);
	}

	function drawSeries(svg, width, series, sessions) {
		const format = formats[series.unit];
		const box = { left: 70, right: width - 10, top: 26, bottom: HEIGHT - 36 };
		const x = d3.scaleLinear().domain([0, Math.max(1, sessions.length - 1)])
			.range([box.left + 14, box.right - 14]);
		const ends = sessions.flatMap((session) => [session.lo, session.hi]);
		const room = (d3.max(ends) - d3.min(ends)) * 0.08 || Math.abs(ends[0]) * 0.05 || 1;
		const y = d3.scaleLinear().domain([d3.min(ends) - room, d3.max(ends) + room])
			.range([box.bottom, box.top]);
		const last = sessions.length - 1;

		kit.axisLeft(svg, y, box, "", 4, format);
		svg.append("path").attr("class", "axis-line").attr("d", `M${box.left},${box.bottom}H${box.right}`);
		for (const [index, anchor] of last > 0 ? [[0, "start"], [last, "end"]] : [[0, "start"]])
			svg.append("text").attr("class", "dim").attr("x", x(index) + (index ? 14 : -14))
				.attr("y", box.bottom + 20).attr("text-anchor", anchor)
				.text(`${sessions[index].line.time.slice(0, 16).replace("T", " ")}, ${
					commitOf(sessions[index].line)}`);
		sessions.forEach(function (session, i) {
			if (i > 0 && session.line.hash_soft !== sessions[i - 1].line.hash_soft)
				svg.append("line").attr("class", "rule").attr("y1", box.top).attr("y2", box.bottom)
					.attr("x1", (x(i) + x(i - 1)) / 2).attr("x2", (x(i) + x(i - 1)) / 2)
					.append("title").text("something about the machine changed");
		});
		for (const { from, to, level } of stretches(series, sessions))
			svg.append("line").attr("class", "stretch").attr("x1", x(from) - 6).attr("x2", x(to - 1) + 6)
				.attr("y1", y(level)).attr("y2", y(level));
		putChanges(svg, series, x, box);
		sessions.forEach((session, i) => putSession(svg, { ...session, shown: format(session.value) },
			x(i), y, sessions[i - 1]));
		return HEIGHT;
	}

	function tableOfSessions(doc, series, sessions) {
		const changes = new Map(series.changes.map((change) => [change.at, change.text]));

		return kit.table([
			{ name: "Time", text: true, value: (row) => row.line.time },
			{ name: "Commit", text: true, value: (row) => row.line.commit },
			{ name: "Level", value: (row) => row.value, format: formats[series.unit] },
			{ name: "Mean", value: (row) => row.gate.mean, format: kit.format.exact,
				path: (row) => `lines.${doc.json.lines.indexOf(row.line)}.gates.${series.name}.mean` },
			{ name: "Standard error", value: (row) => row.gate.se, format: kit.format.exact },
			{ name: "Trials", value: (row) => row.gate.n, format: kit.format.exact },
			{ name: "Outcome", text: true, value: (row) => row.gate.outcome },
			{ name: "Change", text: true, value: (row) => changes.get(sessions.indexOf(row)) || "" },
		], sessions, series.name);
	}

	function drawJob(root, doc, job) {
		const changed = job.series.filter((series) => series.changes.length);
		const section = kit.section(root, job.job, `${job.series.length} gates, ${
			changed.length} of them changed their level.${job.others
			? ` ${job.others} session${job.others === 1 ? "" : "s"} of other machines not shown.` : ""}`);

		for (const series of changed)
			for (const change of series.changes)
				section.append(kit.el("p", { class: change.is_worse ? "warning" : null },
					kit.el("strong", null, series.name), ` ${change.text}`));
		for (const series of job.series) {
			const sessions = sessionsOf(doc, series);

			kit.picture(section, {
				title: series.name,
				note: `${series.level} now, ${sessions.length} session${
					sessions.length === 1 ? "" : "s"}; ${series.better} is better.`,
				draw: (svg, width) => drawSeries(svg, width, series, sessions),
				table: () => tableOfSessions(doc, series, sessions),
			});
		}
	}

	function draw(root, doc) {
		root.append(kit.el("p", { class: "note" }, "A dot is a check, its bar one standard error to each side; an open dot was inconclusive, a cross a regression. The thick line is the level; a vertical line is where it changed, which takes several checks to show. Dashed lines: something about the machine changed there."));
		for (const job of doc.words.jobs)
			drawJob(root, doc, job);
		if (!doc.words.jobs.length)
			root.append(kit.el("p", { class: "warning" }, "No check in this history measured anything."));
	}

	ringside.page("ringside-history", draw);
})();
