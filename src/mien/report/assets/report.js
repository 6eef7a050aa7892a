// Draws the charts described in the page's data with Chart.js and the page's own colours, and switches the heat map.
(function () {
  'use strict';
  var specs = JSON.parse(document.getElementById('chart-data').textContent);
  var drawn = [];

  function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function clock(seconds) {
    var whole = Math.floor(Math.abs(seconds) + 1e-9), parts = [Math.floor(whole / 60) % 60, whole % 60];
    if (whole >= 3600) parts.unshift(Math.floor(whole / 3600));
    var text = parts.map(function (part, i) { return i > 0 && part < 10 ? '0' + part : part; }).join(':');
    var rest = Math.abs(seconds) - whole;
    return (seconds < 0 ? '-' : '') + text + (rest > 0.005 ? rest.toFixed(1).slice(1) : '');
  }

  // Positions as {x, y}, so that Chart.js places them on a numeric axis.
  function values(series, spec) {
    var x = series.x || spec.x;
    if (!x.length) return series.values;
    return series.values.map(function (value, i) { return { x: x[i], y: value }; });
  }

  function dataset(series, index, spec) {
    var ink = color('--c' + (series.color || index % 8 + 1));
    var line = series.kind !== 'bar', area = series.kind === 'area', points = series.kind === 'points';
    return {
      label: series.name, data: values(series, spec), type: line ? 'line' : 'bar', borderColor: ink,
      backgroundColor: line && !area && !points ? ink : ink + (points ? '70' : 'd0'), borderWidth: area ? 0.5 : line ? 2 : 0,
      borderDash: series.kind === 'dashed' ? [6, 5] : [], showLine: !points, fill: area ? (index > 0 ? '-1' : 'origin') : false,
      pointRadius: points ? 3 : line && !spec.numeric && series.kind !== 'dashed' && series.values.length <= 60 ? 2 : 0,
      pointBorderWidth: points ? 0 : 1, pointHoverRadius: 4,
      tension: 0, spanGaps: !spec.numeric, order: line ? 0 : 1, categoryPercentage: spec.touching ? 1 : 0.75,
      barPercentage: spec.touching ? 0.96 : 0.9, stack: spec.stacked && (area || !line) ? 'all' : undefined
    };
  }

  function axis(title, extra) {
    return Object.assign({
      title: { display: !!title, text: title, color: color('--quiet') },
      ticks: { color: color('--quiet'), autoSkipPadding: 12 }, grid: { color: color('--grid') }
    }, extra);
  }

  // Ticks at round numbers of seconds, minutes or hours.
  function timeTicks(scale) {
    var steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];
    var wanted = (scale.max - scale.min) / Math.max(2, scale.width / 80);
    var step = steps.find(function (one) { return one >= wanted; }) || wanted;
    scale.ticks = [];
    for (var i = Math.ceil(scale.min / step - 1e-6); i * step <= scale.max + 1e-6; ++i) scale.ticks.push({ value: i * step });
  }

  function horizontalAxis(spec) {
    if (!spec.numeric) {
      var names = spec.labels.some(function (label) { return isNaN(Number(label)); });
      var categories = axis(spec.x_title, { stacked: !!spec.stacked });
      categories.ticks.maxRotation = names ? 50 : 0;
      categories.ticks.autoSkip = !names || spec.labels.length > 24;
      return categories;
    }
    var numbers = axis(spec.x_title, { type: 'linear', offset: false });
    if (spec.x_min !== null) numbers.min = spec.x_min;
    if (spec.x_max !== null) numbers.max = spec.x_max;
    numbers.ticks.maxRotation = 0;
    numbers.grid.offset = false;
    if (spec.x_is_time) {
      numbers.afterBuildTicks = timeTicks;
      numbers.ticks.autoSkip = false;
      numbers.ticks.callback = clock;
    }
    return numbers;
  }

  // The band lies in the plot above its largest value, where it shares the plot's time axis.
  var bandHeight = 0.09;
  function drawBand(spec) {
    return function (chart) {
      var x = chart.scales.x, y = chart.scales.y, step = spec.x.length > 1 ? spec.x[1] - spec.x[0] : x.max - x.min;
      var top = y.getPixelForValue(y.max), plot = (y.max - y.min) / (1 + bandHeight);
      var bottom = y.getPixelForValue(y.min + plot * (1 + bandHeight / 3));
      chart.ctx.save();
      for (var from = 0, to; from < spec.band.length; from = to) {
        for (to = from + 1; to < spec.band.length && spec.band[to] === spec.band[from];) ++to;
        if (!spec.band[from]) continue;
        var left = Math.max(x.left, x.getPixelForValue(spec.x[from] - step / 2));
        var right = Math.min(x.right, x.getPixelForValue(spec.x[to - 1] + step / 2));
        chart.ctx.fillStyle = color('--c' + spec.band[from]);
        chart.ctx.fillRect(left, top, Math.max(1, right - left), bottom - top);
      }
      chart.ctx.restore();
    };
  }

  function verticalAxis(spec) {
    var vertical = axis(spec.y_title, { type: spec.logarithmic ? 'logarithmic' : 'linear', stacked: !!spec.stacked });
    if (spec.y_min !== null) vertical.min = spec.y_min;
    if (spec.y_max !== null) vertical.max = spec.y_max;
    if (spec.band.length && spec.y_max !== null) {
      vertical.max = spec.y_max + (spec.y_max - (spec.y_min || 0)) * bandHeight;
      vertical.afterBuildTicks = function (scale) {
        scale.ticks = scale.ticks.filter(function (tick) { return tick.value <= spec.y_max + 1e-9; });
      };
    }
    return vertical;
  }

  function tooltip(spec) {
    if (!spec.numeric) return {};
    return {
      callbacks: {
        title: function (items) { return items.length && spec.x_is_time ? clock(items[0].parsed.x) : ''; },
        label: function (item) {
          var point = item.dataset.showLine ? item.parsed.y : item.parsed.x + ', ' + item.parsed.y;
          return item.dataset.label + ': ' + point;
        }
      }
    };
  }

  function config(spec) {
    spec.numeric = spec.x.length > 0 || spec.series.some(function (one) { return !!one.x; });
    var cloud = spec.series.some(function (one) { return one.kind === 'points'; });
    return {
      type: 'bar',
      data: {
        labels: spec.numeric ? undefined : spec.labels,
        datasets: spec.series.map(function (one, i) { return dataset(one, i, spec); })
      },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false,
        interaction: cloud ? { mode: 'nearest', intersect: true } : { mode: 'index', intersect: false },
        scales: { x: horizontalAxis(spec), y: verticalAxis(spec) },
        plugins: {
          legend: {
            display: spec.series.length > 1,
            labels: {
              color: color('--ink'), usePointStyle: cloud, boxWidth: cloud ? 7 : 14,
              boxHeight: cloud ? 7 : spec.stacked && spec.numeric ? 10 : 3
            }
          },
          title: { display: !!spec.title, text: spec.title, color: color('--ink'), font: { size: 14 } },
          tooltip: tooltip(spec)
        }
      },
      plugins: spec.band.length ? [{ afterDatasetsDraw: drawBand(spec) }] : []
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
