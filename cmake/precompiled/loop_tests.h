// For tests of the worker and of what stands around it.
#pragma once

#include "precompiled/loop.h"
#include "support/catch.h"
