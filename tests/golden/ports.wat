;; 292 bytes of code, made from 19 bytes
(func $at_0100 (;4;) (type 0) (param $wst i32) (param $rst i32) (param $fuel i32) (result i64)
  (local $free i32) (local $result i64) (local i32 i32)
  local.get $wst
  i32.const 8
  i32.shl
  local.get $rst
  i32.or
  local.set $free
  local.get $fuel
  i32.const 276
  i32.le_s
  local.get $wst
  i32.const 3
  i32.sub
  i32.const 252
  i32.gt_u
  i32.or
  if ;; label = @1
    local.get $fuel
    i64.extend_i32_u
    i64.const 32
    i64.shl
    local.get $free
    i32.const 16777216
    i32.add
    i64.extend_i32_u
    i64.or
    return
  end
  i32.const 0
  i32.load8_u offset=196640
  i32.const 8
  i32.shl
  i32.const 0
  i32.load8_u offset=196641
  i32.or
  local.set 5
  i32.const 4096
  i32.const 290
  call $dei
  local.set 6
  i32.const 4096
  local.get $free
  i32.const 17629184
  i32.add
  local.get $fuel
  i32.const 24
  i32.const 65
  call $deo
  local.tee $fuel
  i32.const 289
  i32.le_s
  if ;; label = @1
    local.get $fuel
    i32.eqz
    if ;; label = @2
      local.get $wst
      i32.const 16664
      i32.store16 offset=197119 align=1
      i64.const -1
      return
    end
    local.get $wst
    i32.const 16664
    i32.store16 offset=197119 align=1
    local.get $fuel
    i64.extend_i32_u
    i64.const 32
    i64.shl
    local.get $free
    i32.const 17629184
    i32.add
    i64.extend_i32_u
    i64.or
    return
  end
  i32.const 4096
  local.get $free
  i32.const 18022400
  i32.add
  local.get $fuel
  i32.const 296
  i32.const 4660
  call $deo
  local.tee $fuel
  i32.const 295
  i32.le_s
  if ;; label = @1
    local.get $fuel
    i32.eqz
    if ;; label = @2
      local.get $wst
      i32.const 4660
      i32.store16 offset=197119 align=1
      local.get $wst
      i32.const 40
      i32.store8 offset=197118
      i64.const -1
      return
    end
    local.get $wst
    i32.const 4660
    i32.store16 offset=197119 align=1
    local.get $wst
    i32.const 40
    i32.store8 offset=197118
    local.get $fuel
    i64.extend_i32_u
    i64.const 32
    i64.shl
    local.get $free
    i32.const 18022400
    i32.add
    i64.extend_i32_u
    i64.or
    return
  end
  local.get $wst
  i32.const 4660
  i32.store16 offset=197119 align=1
  local.get $wst
  i32.const 40
  i32.store8 offset=197118
  local.get $fuel
  i64.extend_i32_u
  i64.const 32
  i64.shl
  local.get $free
  i32.const 18022400
  i32.add
  i64.extend_i32_u
  i64.or
  return
  unreachable
)
