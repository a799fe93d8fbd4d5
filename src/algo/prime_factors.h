/// Prime factors of integers below 2^127.
/// Source: P. L. Montgomery, "Modular multiplication without trial division" (1985); R. P. Brent, "An
/// improved Monte Carlo factorization algorithm" (1980); G. Jaeschke, "On strong pseudoprimes to several
/// bases" (1993); J. Sinclair's seven bases below 2^64; J. Sorenson, J. Webster, "Strong pseudoprimes to
/// twelve prime bases" (2015).
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

namespace nacre {

__extension__ using Uint128 = unsigned __int128;

/// The factors of n, 1 <= n < 2^127, in ascending order, each as often as it divides; none of 1.
/// `tick` is called between steps of long work with what was done. From 2^81 on a factor is prime with
/// twenty bases of Miller and Rabin's test for witness, which is no proof.
std::vector<Uint128> prime_factors(Uint128 n, const std::function<void(uint32_t)>& tick);

}  // namespace nacre
