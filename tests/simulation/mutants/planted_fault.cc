#include "tests/simulation/mutants/planted_fault.h"

namespace trellis {
namespace {

Fault planted = Fault::kNone;

}  // namespace

Fault PlantedFault() { return planted; }
void Plant(Fault fault) { planted = fault; }

}  // namespace trellis
