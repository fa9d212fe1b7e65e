// Softmax cross-entropy and the multiclass hinge of one image, as in course.functional.
const losses = (() => {
  /** Probabilities of scores / temperature; the largest score is taken away, so exp cannot overflow. */
  function softmax(scores, temperature = 1) {
    const top = Math.max(...scores);
    const e = scores.map((s) => Math.exp((s - top) / temperature));
    const total = e.reduce((sum, v) => sum + v, 0);
    return e.map((v) => v / total);
  }

  /** {loss, gradient by the scores, probabilities} of softmax(scores / temperature). */
  function crossEntropy(scores, right, temperature = 1) {
    const top = Math.max(...scores);
    const total = scores.reduce((sum, s) => sum + Math.exp((s - top) / temperature), 0);
    const p = softmax(scores, temperature);
    return {
      loss: Math.log(total) - (scores[right] - top) / temperature,
      gradient: p.map((v, k) => (v - (k === right ? 1 : 0)) / temperature),
      probabilities: p,
    };
  }

  /** {loss, gradient, terms}: what each wrong class costs for coming nearer than the margin. */
  function hinge(scores, right, margin = 1) {
    const terms = scores.map((s, k) => (k === right ? 0 : Math.max(0, s - scores[right] + margin)));
    const gradient = terms.map((t) => (t > 0 ? 1 : 0));
    gradient[right] = -gradient.reduce((sum, v) => sum + v, 0);
    return { loss: terms.reduce((sum, v) => sum + v, 0), gradient, terms };
  }

  /** Softmax as the formula has it: exp of a score of 1000 is infinite. */
  function naive(scores) {
    const e = scores.map((s) => Math.exp(s));
    const total = e.reduce((sum, v) => sum + v, 0);
    return e.map((v) => v / total);
  }

  return { softmax, crossEntropy, hinge, naive };
})();
