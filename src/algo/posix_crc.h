/// The checksum of cksum: CRC-32 of polynomial 04C11DB7, most significant bit first.
/// Source: POSIX XCU cksum; V. Gopal and others, "Fast CRC Computation for Generic Polynomials
/// Using PCLMULQDQ Instruction" (Intel, 2009).
#pragma once
#include <cstdint>
#include <string_view>

namespace nacre {

/// The sum after `bytes`, from the sum before (0 at first); neither length nor complement of cksum is in it.
uint32_t posix_crc_update(uint32_t crc, std::string_view bytes);
/// What cksum prints for `length` bytes.
uint32_t posix_crc_finish(uint32_t crc, uint64_t length);

}  // namespace nacre
