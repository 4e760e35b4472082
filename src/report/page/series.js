// SPDX-License-Identifier: MIT
// Results as what their pictures show: an entry for each job and direction, and its series.
(function () {
	const { kit } = ringside;
	const MAP_COLUMNS = 240;
	const MAP_ROW_BITS = 5; // of 128 buckets an octave: a quarter of it

	const result = kit.result = { directions: ["read", "write", "trim", "sync"] };

	// Clones have one name: they are told apart by a number.
	function nameOf(jobs, job) {
		const clones = jobs.filter((one) => one.name === job.name);

		return clones.length > 1 ? `${job.name} #${clones.indexOf(job) + 1}` : job.name;
	}

	// Entries [{key, path (in the document), document (its number in the report), name, style, doc, job, direction, figures, lat}] of all documents: each job's
	// directions that did something, or failed.
	result.entries = function (docs) {
		const entries = [];

		docs.forEach((doc, d) => doc.json.jobs.forEach(function (job, j) {
			const label = nameOf(doc.json.jobs, job);
			const active = result.directions.filter((direction) => job[direction]
				&& (job[direction].ios > 0 || job[direction].ios === null || Object.keys(job[direction].errors || {}).length > 0));

			for (const direction of active) {
				const data = active.filter((one) => one !== "sync");
				const name = active.length > 1 && !(data.length === 1 && direction === data[0])
					? `${label} ${direction}` : label;

				entries.push({ key: `${d}.${j}.${direction}`, path: `jobs.${j}.${direction}`, document: doc.index, doc, job, label, direction, style: kit.style(entries.length),
					name: docs.length > 1 ? `${doc.name.replace(/\.json$/, "")}: ${name}` : name,
					figures: job[direction], lat: job[direction].lat_ns });
			}
		}));
		return entries;
	};

	// A column of numbers of a direction, from a series of either form.
	function takeFrom(job, direction) {
		const columns = job.series_columns;

		if (columns) {
			const part = columns[direction];
			let end = 0;

			return part && columns.duration_ns.map(function (duration, index) {
				const start = end;

				end += duration;
				const value = (name) => part[name] ? part[name][index] : null;
				// Nothing came back; or of logs: it is not known.
				const count = (name) => part[name] ? part[name][index] || 0 : name === "errors" ? 0 : null;

				return { start, duration, ios: count("ios"), bytes: count("bytes"), errors: count("errors"), min: value("min"),
					max: value("max"), mean: value("mean"), p50: value("p50"), p99: value("p99"), p99_9: value("p99_9") };
			});
		}
		return job.series && job.series.intervals.map(function (interval) {
			const part = interval[direction];
			const lat = part ? part.lat_ns : {};

			return { start: interval.start_ns, duration: interval.duration_ns, ios: part ? part.ios : 0,
				bytes: part ? part.bytes : 0, errors: part ? part.errors : 0, min: lat.min, max: lat.max,
				p50: lat.p50, p99: lat.p99, p99_9: lat.p99_9, counts: lat.counts };
		});
	}

	// [{from, to (s, since the run's start), ios, bytes, errors, iops, rate, min, max, p50, p99, p99_9}]
	result.series = function (entry) {
		if (entry.series)
			return entry.series;
		const offset = entry.job.started_ns || 0;

		entry.series = (takeFrom(entry.job, entry.direction) || []).map((one) => Object.assign(one, {
			from: (offset + one.start) / 1e9, to: (offset + one.start + one.duration) / 1e9,
			iops: perSecond(one.ios, one.duration), rate: perSecond(one.bytes, one.duration) }));
		return entry.series;
	};

	const perSecond = (value, duration) => value === null ? null : value / (duration / 1e9);

	// Whether all that is known of its latencies are means.
	result.isOfMeans = (entry) => result.series(entry).some((one) => Number.isFinite(one.mean))
		&& !result.series(entry).some((one) => Number.isFinite(one.p50));

	result.points = (entry, figure) => result.series(entry).map((one) => [one.from, one.to,
		one[figure] === undefined || one[figure] === null ? NaN : one[figure]]);

	// Columns for kit.latency.map.
	result.map = function (entry) {
		const series = result.series(entry);
		const columns = entry.job.series_columns;
		const step = columns ? columns.map_step : Math.ceil(series.length / MAP_COLUMNS);
		const cells = [];

		for (let first = 0; first < series.length; first += step) {
			const group = series.slice(first, first + step);
			const rows = new Map();

			if (columns) {
				const { map } = columns[entry.direction];
				const flat = map && map[first / step] || [];

				for (let i = 0; i < flat.length; i += 2)
					rows.set(flat[i], flat[i + 1]);
			} else {
				for (const one of group) {
					for (const [index, count] of one.counts || [])
						rows.set(index >> MAP_ROW_BITS, (rows.get(index >> MAP_ROW_BITS) || 0) + count);
				}
			}
			cells.push([group[0].from, group[group.length - 1].to, [...rows]]);
		}
		return { columns: cells, rowBits: columns ? columns.map_row_bits : MAP_ROW_BITS };
	};

	// A small line without axes.
	result.sparkline = function (points, style, label) {
		const [width, height] = [150, 28];
		const values = points.map((point) => point[2]);
		const x = d3.scaleLinear().domain([points[0][0], points[points.length - 1][1]]).range([1, width - 1]);
		const y = d3.scaleLinear().domain([0, d3.max(values) || 1]).range([height - 2, 2]);
		const svg = d3.create("svg").attr("class", "spark").attr("viewBox", `0 0 ${width} ${height}`)
			.attr("role", "img").attr("aria-label", label);
		const step = Math.ceil(points.length / width);
		const few = d3.range(0, points.length, step).map((index) => [points[index][0],
			d3.mean(points.slice(index, index + step), (point) => point[2])]);

		svg.append("path").attr("d", d3.line().x((point) => x(point[0])).y((point) => y(point[1]))(few))
			.attr("class", "series").style("stroke", style.color);
		return svg.node();
	};
})();
