// Draws the charts described in the page's data with Chart.js and the page's own colours, and switches the heat map.
(function () {
  'use strict';
  var specs = JSON.parse(document.getElementById('chart-data').textContent);
  var drawn = [];

  function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function dataset(series, index, spec) {
    var ink = color('--c' + (series.color || index % 8 + 1));
    var line = series.kind !== 'bar';
    return {
      label: series.name, data: series.values, type: line ? 'line' : 'bar', borderColor: ink,
      backgroundColor: line ? ink : ink + 'd0', borderWidth: line ? 2 : 0, borderDash: series.kind === 'dashed' ? [6, 5] : [],
      pointRadius: line && series.kind !== 'dashed' && series.values.length <= 60 ? 2 : 0, pointHoverRadius: 4,
      tension: 0, spanGaps: true, order: line ? 0 : 1, categoryPercentage: spec.touching ? 1 : 0.75,
      barPercentage: spec.touching ? 0.96 : 0.9, stack: spec.stacked && !line ? 'all' : undefined
    };
  }

  function axis(title, extra) {
    return Object.assign({
      title: { display: !!title, text: title, color: color('--quiet') },
      ticks: { color: color('--quiet'), autoSkipPadding: 12 }, grid: { color: color('--grid') }
    }, extra);
  }

  function config(spec) {
    var vertical = axis(spec.y_title, { type: spec.logarithmic ? 'logarithmic' : 'linear', stacked: !!spec.stacked });
    if (spec.y_min !== null) vertical.min = spec.y_min;
    if (spec.y_max !== null) vertical.max = spec.y_max;
    var horizontal = axis(spec.x_title, { stacked: !!spec.stacked });
    var names = spec.labels.some(function (label) { return isNaN(Number(label)); });
    horizontal.ticks.maxRotation = names ? 50 : 0;
    horizontal.ticks.autoSkip = !names || spec.labels.length > 24;
    return {
      type: 'bar',
      data: { labels: spec.labels, datasets: spec.series.map(function (one, i) { return dataset(one, i, spec); }) },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false, interaction: { mode: 'index', intersect: false },
        scales: { x: horizontal, y: vertical },
        plugins: {
          legend: { display: spec.series.length > 1, labels: { color: color('--ink'), boxWidth: 14, boxHeight: 3 } },
          title: { display: !!spec.title, text: spec.title, color: color('--ink'), font: { size: 14 } }
        }
      }
    };
  }

  function draw() {
    drawn.forEach(function (chart) { chart.destroy(); });
    drawn = specs.map(function (spec) { return new Chart(document.getElementById(spec.id), config(spec)); });
  }

  if (typeof Chart === 'undefined') {
    document.querySelectorAll('.chart').forEach(function (box) { box.style.display = 'none'; });
  } else {
    draw();
    window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  }

  document.querySelectorAll('.switch button').forEach(function (button) {
    button.addEventListener('click', function () {
      document.getElementById(button.dataset.target).className = button.dataset.view;
      button.parentNode.querySelectorAll('button').forEach(function (one) {
        one.setAttribute('aria-pressed', String(one === button));
      });
    });
  });
})();
