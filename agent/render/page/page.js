
/* What a page of a fleet can do beyond being read: order, filter, policies, and the reasons beside the matrix. All
   that is said comes from the block of data, whose makers in agent/render/ own the sentences. Text is only ever set as
   text. */
"use strict";
(() => {
	const byId = (id) => document.getElementById(id);
	const matrix = byId("matrix"), tools = byId("tools"), panel = byId("panel");
	if (!matrix || !tools) return;

	const data = JSON.parse(byId("data").textContent);
	/* Lists of numbers are strings there. */
	const numbers = (text) => text.split(" ").filter(Boolean).map(Number);
	for (const one of data.policies) {
		one.why = one.why && numbers(one.why);
		one.pools = numbers(one.pools);
	}
	const count = data.classes.length;
	let policy = data.policies[data.policy];
	let chosen = null; // [source, destination]
	let stop = matrix.querySelector("td a"); // the cell that the Tab key goes to

	/* Rows and cells by class, wherever the order puts them. */
	const rows = [...matrix.tBodies[0].rows];
	const cells = rows.map((row) => [...row.cells].slice(1));
	const heads = [...matrix.tHead.rows[0].cells].slice(1);
	const lines = [...byId("classes").tBodies[0].rows];
	const letters = heads.map((head) => head.textContent);
	let order = letters.map((_, i) => i);
	let shown = letters.map(() => true);
	const place = new Map();
	cells.forEach((row, i) => row.forEach((cell, j) => place.set(cell, [i, j])));

	/** An element with a class and children, which may be text. */
	function make(tag, name, ...children) {
		const element = document.createElement(tag);
		if (name) element.className = name;
		element.append(...children);
		return element;
	}

	/** A sentence with the letters of both classes for its marks. */
	function sentence(text, i, j) {
		return text.split(/([\u0001\u0002])/).map((part) =>
			part === "\u0001" ? make("b", "", letters[i]) : part === "\u0002" ? make("b", "", letters[j]) : part);
	}

	function clauseOf(letter) {
		const [, words] = data.verdicts[letter];
		return letter === "c" ? `${words} ${policy.mode}` : words;
	}

	function markOf(letter) {
		return make("span", `mark ${data.verdicts[letter][0]}`, letter);
	}

	/** The first of a class's hosts, and its processor. */
	function nameOf(i) {
		const { hosts, cpu, count: many } = data.classes[i];
		const name = make("bdi", "", hosts[0] ?? `${many} hosts`);
		const more = hosts.length && many > 1 ? ` and ${many - 1} more` : "";
		return [make("b", "", letters[i]), " ", name, `${more}, ${cpu}`];
	}

	function groupOf(group, i, j) {
		const [weight, text, ...found] = numbers(group);
		const element = make("div", weight ? "" : "soft");
		element.append(make("p", "", ...sentence(data.sentences[text], i, j), found.length ? ":" : ""));
		if (!found.length) return element;
		const body = make("tbody", "");
		for (const number of found) {
			const [name, where, values, meaning] = data.rows[number].split("\n");
			const row = make("tr", "", make("td", "", make("code", "", name)));
			row.append(make("td", "", make("code", "soft", where)));
			row.append(make("td", "", ...sentence(values, i, j), values && meaning ? ", " : "", meaning));
			body.append(row);
		}
		element.append(make("table", "", body));
		return element;
	}

	function reasonOf(number, i, j) {
		const [, clause, groups, ...rest] = numbers(data.reasons[number]);
		const element = make("div", "");
		for (const group of rest.slice(0, groups)) element.append(groupOf(data.groups[group], i, j));
		for (const text of rest.slice(groups)) element.append(make("p", "", ...sentence(data.sentences[text], i, j)));
		return [data.sentences[clause], element];
	}

	const heading = make("div", "");
	heading.setAttribute("aria-live", "polite");
	const reasons = make("div", "why");
	if (panel) {
		panel.append(heading, reasons);
		document.documentElement.classList.add("scripted");
	}

	function showReasons() {
		if (!panel || !chosen) return;
		const [i, j] = chosen;
		const letter = policy.letters[i * count + j];
		const number = (policy.why?.[i * count + j] ?? 0) - 1;
		let clause = clauseOf(letter), why;
		if (number >= 0) [clause, why] = reasonOf(number, i, j);
		else why = make("p", "soft", "This page has no reasons for it; ", make("code", "", `cpucompat compare --policy ${policy.name}`),
			" of two of their hosts tells them.");
		heading.replaceChildren(make("h3", "", letters[i], " \u2192 ", letters[j]), make("p", "", markOf(letter), " ", ...sentence(clause, i, j)));
		const from = make("p", "soft pair", ...nameOf(i));
		if (i !== j) from.append(make("br", ""), ...nameOf(j));
		reasons.replaceChildren(from, why);
		panel.scrollTop = 0;
		panel.hidden = false;
		byId("hint").hidden = true;
	}

	/** One cell is in the order of tabs; arrows go to the others. */
	function choose(i, j, focus) {
		if (chosen) cells[chosen[0]][chosen[1]].removeAttribute("aria-current");
		chosen = [i, j];
		const link = cells[i][j].firstElementChild;
		cells[i][j].setAttribute("aria-current", "true");
		stop.tabIndex = -1;
		stop = link;
		stop.tabIndex = 0;
		link.setAttribute("aria-label", `${letters[i]} to ${letters[j]}: ${clauseOf(policy.letters[i * count + j])}`);
		if (focus) link.focus();
		showReasons();
	}

	const cellOf = (event) => event.target.closest?.("#matrix td");

	function onCell(event) {
		const at = place.get(cellOf(event));
		if (!at || !cells[at[0]][at[1]].firstElementChild) return;
		if (event.type === "click") event.preventDefault();
		if (!chosen || chosen[0] !== at[0] || chosen[1] !== at[1]) choose(...at, event.type === "click");
	}

	/** From a class to the one that many places on in the order, of those that are shown. */
	function step(i, by) {
		const there = order.filter((k) => shown[k]);
		return there[Math.max(0, Math.min(there.length - 1, there.indexOf(i) + by))];
	}

	const moves = {
		ArrowRight: (i, j) => [i, step(j, 1)], ArrowLeft: (i, j) => [i, step(j, -1)],
		ArrowDown: (i, j) => [step(i, 1), j], ArrowUp: (i, j) => [step(i, -1), j],
		Home: (i, j) => [i, step(j, -count)], End: (i, j) => [i, step(j, count)],
	};

	function onKey(event) {
		const at = place.get(cellOf(event));
		if (!at || !moves[event.key] || event.ctrlKey || event.altKey || event.metaKey) return;
		const [i, j] = moves[event.key](...at);
		event.preventDefault();
		if (cells[i][j].firstElementChild) choose(i, j, true);
	}

	function showPolicy() {
		cells.forEach((row, i) => row.forEach((cell, j) => {
			const letter = policy.letters[i * count + j];
			[cell.className] = data.verdicts[letter];
			(cell.firstElementChild ?? cell).textContent = letter;
			cell.firstElementChild?.removeAttribute("aria-label");
		}));
		byId("policy-line").replaceChildren("Policy ", make("code", "", policy.name), `: ${policy.title}.`);
		byId("mode").hidden = !policy.mode;
		byId("mode").lastElementChild.textContent = policy.mode ?? "";
		for (const section of document.querySelectorAll("[data-policy]"))
			section.hidden = data.policies[section.dataset.policy] !== policy;
		if (chosen) choose(...chosen, false);
	}

	const orders = {
		class: () => 0,
		hosts: (a, b) => data.classes[b].count - data.classes[a].count,
		cpu: (a, b) => data.classes[a].cpu.localeCompare(data.classes[b].cpu, "en", { numeric: true }),
		pool: (a, b) => policy.pools[a] - policy.pools[b],
	};

	function showOrder() {
		order = letters.map((_, i) => i).sort((a, b) => orders[byId("order").value](a, b) || a - b);
		matrix.tHead.rows[0].append(...order.map((k) => heads[k]));
		matrix.tBodies[0].append(...order.map((k) => rows[k]));
		rows.forEach((row, i) => row.append(...order.map((k) => cells[i][k])));
		byId("classes").tBodies[0].append(...order.map((k) => lines[k]));
	}

	const texts = data.classes.map((one) => [...one.hosts, one.cpu].join("\n").toLowerCase());
	const features = data.classes.map((one) => numbers(one.features).map((number) => data.features[number]));

	/** Every word is in a host's name or the processor's, or begins a feature's. */
	function matches(i, words) {
		return words.every((word) => texts[i].includes(word) || features[i].some((name) => name.startsWith(word)));
	}

	function showFiltered() {
		const words = byId("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
		shown = letters.map((_, i) => matches(i, words));
		shown.forEach((yes, i) => {
			rows[i].hidden = heads[i].hidden = lines[i].hidden = !yes;
			for (const row of cells) row[i].hidden = !yes;
		});
		const there = shown.filter(Boolean).length;
		byId("shown").textContent = there === count ? "" : `${there} of ${count} classes`;
	}

	tools.hidden = false;
	tools.addEventListener("submit", (event) => event.preventDefault());
	byId("filter").addEventListener("input", showFiltered);
	byId("order").addEventListener("change", showOrder);
	byId("policy")?.addEventListener("change", (event) => {
		policy = data.policies[event.target.value];
		showPolicy();
		showOrder();
	});
	matrix.addEventListener("click", onCell);
	matrix.addEventListener("focusin", onCell);
	matrix.addEventListener("keydown", onKey);
	for (const link of matrix.querySelectorAll("td a")) link.tabIndex = link === stop ? 0 : -1;
	/* What a browser remembers of a form is shown, too. */
	if (byId("policy")) policy = data.policies[byId("policy").value];
	showPolicy();
	showOrder();
	showFiltered();
	/* A link to a reason that is followed from elsewhere. */
	const linked = location.hash.match(/^#r(\d+)$/);
	const cell = linked && policy.why ? policy.why.indexOf(Number(linked[1]) + 1) : -1;
	if (cell >= 0) choose(Math.floor(cell / count), cell % count, false);
})();
