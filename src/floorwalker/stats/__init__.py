"""Nulls, peer baselines, false-discovery control and calibration: arrays in, arrays out.

p-values, e-values and q-values travel as natural logarithms, since evidence below 1e-308 is common.

| module | question |
|---|---|
| `tail` | how rare is a count this high: Poisson, binomial, gamma-Poisson, beta-binomial |
| `peers` | is this rate high against peers: baselines by maximum likelihood, leave-one-out |
| `poisson_binomial` | is this sum of unlike chances high: concentration under the routing that happened |
| `hypergeometric` | do two parties meet too often, given how much each does |
| `permutation` | is a statistic high against labels shuffled within strata |
| `combine` | one p-value or e-value out of many dependent ones |
| `discovery` | which of many hypotheses to list at a promised false-discovery rate |
| `conformal` | is a score high against scores known to be honest |
| `calibration` | do p-values keep their promise on honest data |
"""
