// The picture of what is around a person or group. The lists of the page hold the same.
'use strict';

{
  const picture = document.getElementById('picture');
  if (picture) {
    document.getElementById('neighbourhood').hidden = false;
    draw(picture).catch((error) => tell(`The picture could not be drawn: ${error.message}`));
  }

  async function draw(container) {
    // Cytoscape would add a style element, which the page's policy forbids, unless it finds this id; console.css has the rule.
    document.querySelector('link[rel=stylesheet]').id = '__________cytoscape_stylesheet';
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    const text = dark ? '#e8e8ea' : '#1b1b1f';
    const graph = cytoscape({
      container,
      wheelSensitivity: 0.3,
      style: [
        {
          selector: 'node',
          style: {
            label: 'data(name)',
            color: text,
            'font-size': 11,
            'text-wrap': 'ellipsis',
            'text-max-width': 110,
            'text-valign': 'bottom',
            'text-margin-y': 4,
            'text-outline-color': dark ? '#17171b' : '#ffffff',
            'text-outline-width': 2,
            'background-color': dark ? '#6ea8fe' : '#1f5fbf',
            width: 22,
            height: 22,
          },
        },
        {
          selector: 'node[label = "Group"]',
          style: { 'background-color': dark ? '#f0b45b' : '#a85a00', shape: 'round-rectangle', width: 30 },
        },
        { selector: 'node.walked', style: { 'border-width': 3, 'border-color': text } },
        {
          selector: 'edge',
          style: { width: 1, 'line-color': dark ? '#55555e' : '#b9b9c2', 'curve-style': 'haystack' },
        },
      ],
    });
    const open = (node) => location.assign(node.data('path'));
    graph.on('tap', 'node', ({ target }) => {
      if (target.hasClass('walked')) open(target);
      else walk(graph, target.data('path') + '/neighbours').catch((error) => tell(error.message));
    });
    await walk(graph, container.dataset.source);
  }

  /** Adds a node with its neighbours; what is there stays, and is moved apart. */
  async function walk(graph, source) {
    const answer = await fetch(source);
    if (!answer.ok) throw new Error('this is no longer there, or needs a new sign-in');
    const { centre, neighbours, total } = await answer.json();
    const add = (data) => {
      if (graph.getElementById(data.key).empty())
        graph.add({ group: 'nodes', data: { id: data.key, ...data } });
    };
    add(centre);
    for (const each of neighbours) {
      add(each);
      const id = [centre.key, each.key].sort().join(' ');
      if (graph.getElementById(id).empty())
        graph.add({ group: 'edges', data: { id, source: centre.key, target: each.key } });
    }
    graph.getElementById(centre.key).addClass('walked');
    const animate = !matchMedia('(prefers-reduced-motion: reduce)').matches;
    graph
      .layout({
        name: 'cose',
        animate: animate && 'end',
        randomize: false,
        nodeDimensionsIncludeLabels: true,
      })
      .run();
    tell(
      neighbours.length < total
        ? `${centre.name}: ${neighbours.length} of ${total} are shown.`
        : `${centre.name}: ${total} shown.`,
    );
  }

  function tell(text) {
    document.getElementById('picture-note').textContent = text;
  }
}
